-- Open automatic follow-ups on a coming day that is no working day of the company (any more) move to the next one of
-- their person, and say so. A day that a person chose stays, and so does the first contact, which is due by the clock.
UPDATE followups_followup u
SET due_on = n.work, due_at = u.due_at + (n.work - n.day) * interval '1 day', updated_at = %(now)s,
    version = u.version + 1,
    reason = u.reason - 'crowded' - 'crowded_stays' || jsonb_build_object('moved_from',
        COALESCE(u.reason ->> 'moved_from', u.due_on::text))
FROM (
    SELECT k.id, d.day, COALESCE(o.work, d.work) AS work
    FROM followups_followup k
    JOIN plan_days d ON d.day = k.due_on AND d.work <> d.day
    LEFT JOIN plan_own_days o ON o.person_id = k.assignee_id AND o.day = k.due_on
    WHERE k.state = %(state_open)s AND k.source <> %(source_manual)s
      AND k.reason_code <> %(reason_first_contact)s AND NOT k.reason ? 'chosen'
      AND k.customer_id = ANY(%(only)s::bigint[])
) n
WHERE u.id = n.id AND n.work <> n.day;
