-- Automatic follow-ups end where nobody is to be contacted any more, and win-back tasks with their warning.
UPDATE followups_followup u
SET source_key = CASE WHEN u.source = %(source_revisit)s AND (u.reason ->> 'days')::int <> ALL(%(chain)s::int[])
                      THEN NULL ELSE u.source_key END,  -- so that its day may come into the chain again
    state = %(state_cancelled)s, closed_at = %(now)s, updated_at = %(now)s, version = u.version + 1
FROM customers_customer c
LEFT JOIN customers_customerfacts f ON f.customer_id = c.id
WHERE c.id = u.customer_id AND u.state = %(state_open)s AND u.source <> %(source_manual)s AND c.deleted_at IS NULL
  AND c.id = ANY(%(only)s::bigint[])
  AND (c.do_not_contact OR NOT EXISTS (SELECT 1 FROM accounts_user p WHERE p.id = c.owner_id AND p.is_active)
       OR (c.stage = %(stage_paused)s
           AND (c.paused_until IS NULL
                OR u.reason_code <> %(reason_revival)s AND NOT (u.reason ? 'chosen' AND u.due_on >= c.paused_until)))
       OR (f.lifecycle = %(lifecycle_lost)s AND c.stage = ANY(%(by_orders)s))
       -- Its day is none of the chain any more.
       OR (u.source = %(source_revisit)s AND NOT u.reason ? 'chosen'
           AND (u.reason ->> 'days')::int <> ALL(%(chain)s::int[]))
       OR (u.source = %(source_warning)s AND NOT EXISTS (
               SELECT 1 FROM segmentation_churncase w
               WHERE w.customer_id = u.customer_id AND w.closed_at IS NULL)));
