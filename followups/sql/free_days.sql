-- Open automatic follow-ups on a coming day that is no working day (any more) move to the next one, and say so. A day
-- that a person chose stays.
UPDATE followups_followup u
SET due_on = d.work, updated_at = %(now)s, version = u.version + 1,
    reason = u.reason || jsonb_build_object('moved_from', COALESCE(u.reason ->> 'moved_from', u.due_on::text))
FROM plan_days d
WHERE d.day = u.due_on AND d.work <> d.day AND u.state = %(state_open)s AND u.source <> %(source_manual)s
  AND u.due_time IS NULL AND NOT u.reason ? 'chosen';
