-- Customers for whom something is to be done: what stands for them differs from what should stand, or from what their
-- facts say. Among all, or those of asked.sql. Read without locks, by owner: whoever is named here is looked at again
-- by the statements that write, so one too many costs a moment, and one too few would stay without a date (a test
-- compares with planning for all).
WITH planned AS (
{situations}
), by_hand AS (
    SELECT customer_id, min(due_on) AS due_on
    FROM followups_followup
    WHERE state = %(state_open)s AND source = %(source_manual)s AND {of_them} GROUP BY customer_id
), warned AS (
    SELECT w.customer_id, bool_or(k.id IS NULL) AS untold, max(w.level_since) AS level_since
    FROM (SELECT * FROM segmentation_churncase WHERE closed_at IS NULL AND {of_them}) w
    LEFT JOIN followups_followup k ON k.source_key = 'warning:' || w.id GROUP BY w.customer_id
)
SELECT c.owner_id, array_agg(c.id ORDER BY c.id)
FROM customers_customer c
LEFT JOIN customers_customerfacts f ON f.customer_id = c.id
LEFT JOIN planned p ON p.customer_id = c.id
LEFT JOIN followups_followup a
       ON a.customer_id = c.id AND a.state = %(state_open)s AND a.source <> %(source_manual)s AND {standing}
LEFT JOIN by_hand m ON m.customer_id = c.id
LEFT JOIN warned w ON w.customer_id = c.id
LEFT JOIN plan_days d ON d.day = p.plan_on
LEFT JOIN plan_own_days o ON o.person_id = COALESCE(a.assignee_id, p.owner_id) AND o.day = p.plan_on
LEFT JOIN plan_days s ON s.day = a.due_on
LEFT JOIN plan_own_days t ON t.person_id = a.assignee_id AND t.day = a.due_on
WHERE {them} AND (
      f.contact_every_days IS DISTINCT FROM p.longest
   OR f.next_follow_up_on IS DISTINCT FROM least(a.due_on, m.due_on)
   -- It ends (close.sql), or makes room for what stands higher (new.sql).
   OR (a.id IS NOT NULL AND c.deleted_at IS NULL
       AND (p.customer_id IS NULL
            OR p.phase = %(stage_paused)s AND a.reason_code <> %(reason_revival)s
               AND NOT (a.reason ? 'chosen' AND a.due_on >= p.paused_until)
            OR a.source = %(source_revisit)s AND NOT a.reason ? 'chosen'
               AND (a.reason ->> 'days')::int <> ALL(%(chain)s::int[])
            OR a.source = %(source_warning)s AND w.customer_id IS NULL))
   OR (p.phase <> %(stage_paused)s AND w.untold
       AND NOT (p.basis = %(basis_contact)s AND p.unanswered = 0 AND p.since > w.level_since)
       AND a.source IS DISTINCT FROM %(source_complaint)s
       AND COALESCE(least(m.due_on, CASE WHEN a.reason ? 'chosen' THEN a.due_on END)
                    > %(today)s::date + %(week)s, TRUE))
   OR (p.chain_days IS NOT NULL AND m.due_on IS NULL
       AND (a.id IS NULL OR a.source = %(source_cadence)s AND NOT a.reason ? 'chosen')
       AND p.revisits_from + p.chain_days
           <= greatest(COALESCE(a.reckoned_on, a.due_on, p.plan_on, 'infinity'::date), %(today)s) + %(gives_way)s)
   -- It moves (free_days.sql, leave.sql, moved.sql, after_days_off.sql), or the table plans nothing any more.
   OR (COALESCE(t.work, s.work) <> s.day AND NOT a.reason ? 'chosen'
       AND (t.work IS NULL OR a.reason_code <> %(reason_review)s)
       AND (a.reason_code <> %(reason_first_contact)s OR t.away IS NOT NULL))
   OR (a.reason ?& ARRAY['away', 'moved_from'] AND NOT a.reason ? 'chosen'
       AND (a.reason ->> 'moved_from')::date >= %(today)s
       AND CASE WHEN a.reason ? 'crowded' AND COALESCE(t.work, s.work) = s.day THEN (a.reason ->> 'crowded')::date
                ELSE a.due_on END > COALESCE(
           (SELECT work FROM plan_own_days
            WHERE person_id = a.assignee_id AND day = (a.reason ->> 'moved_from')::date),
           (SELECT work FROM plan_days WHERE day = (a.reason ->> 'moved_from')::date)))
   OR (p.customer_id IS NOT NULL AND a.source = %(source_cadence)s AND NOT a.reason ? 'chosen'
       AND (COALESCE(a.reason ->> 'basis', '') <> ALL(%(left)s) OR p.plan_on IS NULL
            OR a.reason ->> 'phase' IS DISTINCT FROM p.phase OR a.reason ->> 'tier' IS DISTINCT FROM p.tier
            OR (a.reason_code = %(reason_review)s) <> (p.reason_code = %(reason_review)s)
            OR p.reason_code = %(reason_review)s AND a.due_on < %(today)s)
       AND NOT (a.reason_code = %(reason_revival)s AND p.phase <> %(stage_paused)s AND a.reckoned_on <= %(today)s)
       AND (a.reckoned_on IS DISTINCT FROM p.plan_on
            OR a.reason ->> 'phase' IS DISTINCT FROM p.phase
            OR a.reason_code = %(reason_first_contact)s AND p.reason_code = %(reason_first_contact)s
               AND COALESCE((a.reason ->> 'hours')::int, %(shipped_hours)s) <> %(first_contact_hours)s
            OR a.reason ->> 'pace' IS DISTINCT FROM CASE WHEN p.reason_code = ANY(%(by_the_table)s) THEN p.pace END
            OR p.plan_on >= %(today)s AND NOT (a.reason ? 'away' AND a.due_on < %(today)s)
               AND CASE WHEN a.reason ? 'crowded' AND COALESCE(t.work, s.work) = s.day
                        THEN (a.reason ->> 'crowded')::date ELSE a.due_on END <> ({own_day})
                            AND p.reason_code = ANY(%(by_the_table)s)))
   OR (p.customer_id IS NOT NULL AND a.id IN (SELECT follow_up_id FROM plan_crowded))
   -- Nothing stands, or only what people put off for long while the customer is overdue.
   OR (p.plan_on IS NOT NULL AND a.id IS NULL AND m.due_on IS NULL)
   OR (p.plan_on < %(today)s AND (a.id IS NULL OR a.source = %(source_cadence)s AND a.reason ? 'chosen')
       AND least(a.due_on, m.due_on)
           > greatest(%(today)s::date + %(week)s, p.since + greatest(2 * p.longest, %(far)s))))
GROUP BY c.owner_id ORDER BY c.owner_id;
