-- Open automatic follow-ups on a coming day that is no working day (any more) move to the next one, and say so. A day
-- that a person chose stays, and so does the first contact, which is due by the clock.
UPDATE followups_followup u
SET due_on = d.work, due_at = u.due_at + (d.work - d.day) * interval '1 day', updated_at = %(now)s, version = u.version + 1,
    reason = u.reason || jsonb_build_object('moved_from', COALESCE(u.reason ->> 'moved_from', u.due_on::text))
FROM plan_days d
WHERE d.day = u.due_on AND d.work <> d.day AND u.state = %(state_open)s AND u.source <> %(source_manual)s
  AND u.reason_code <> %(reason_first_contact)s AND NOT u.reason ? 'chosen'
  AND u.customer_id = ANY(%(only)s::bigint[]);
