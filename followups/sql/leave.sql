-- Open automatic follow-ups on a coming day on which their person is away or doesn't work move to that person's next
-- working day, those for an occasion to the last one before it if there is one, and say so; an absence that went gives
-- back what it moved. Those of the cadence that are reckoned for a coming day have gone with it (moved.sql), the review
-- list is nobody's day, and the first contact counts by the clock unless its person is away.
UPDATE followups_followup u
SET due_on = n.work, due_at = u.due_at + (n.work - u.due_on) * interval '1 day', updated_at = %(now)s,
    version = u.version + 1,
    reason = CASE WHEN n.work = n.wanted THEN u.reason - 'moved_from' - 'away' - 'crowded' - 'crowded_stays'
                  ELSE u.reason - 'crowded' - 'crowded_stays'
                       || jsonb_build_object('moved_from', n.wanted, 'away', COALESCE(n.away::text, 'week'))
                  END
FROM (
    SELECT k.id, s.wanted, o.away,
           -- Dealt out of a first day back, it counts as standing there as long as its own day is worked.
           CASE WHEN k.reason ? 'crowded' AND COALESCE(r.work, e.work) = e.day THEN (k.reason ->> 'crowded')::date
                ELSE k.due_on END AS stands,
           CASE WHEN k.reason_code = %(reason_occasion)s AND o.early >= %(today)s THEN o.early
                ELSE COALESCE(o.work, d.work, k.due_on) END AS work
    FROM followups_followup k
    CROSS JOIN LATERAL (
        SELECT CASE WHEN k.reason ? 'away' AND (k.reason ->> 'moved_from')::date >= %(today)s
                    THEN (k.reason ->> 'moved_from')::date ELSE k.due_on END AS wanted
    ) s
    LEFT JOIN plan_days d ON d.day = s.wanted
    LEFT JOIN plan_own_days o ON o.person_id = k.assignee_id AND o.day = s.wanted
    LEFT JOIN plan_days e ON e.day = k.due_on
    LEFT JOIN plan_own_days r ON r.person_id = k.assignee_id AND r.day = k.due_on
    WHERE k.state = %(state_open)s AND k.source <> %(source_manual)s AND NOT k.reason ? 'chosen'
      AND (k.reason_code <> %(reason_first_contact)s OR o.away IS NOT NULL OR k.reason ? 'away')
      AND k.reason_code <> %(reason_review)s AND (o.day IS NOT NULL OR s.wanted <> k.due_on)
      AND k.customer_id = ANY(%(only)s::bigint[])
      AND NOT EXISTS (SELECT 1 FROM plan_moves m WHERE m.follow_up_id = k.id AND m.due_on IS NULL)
) n
WHERE u.id = n.id AND n.work <> n.stands;
