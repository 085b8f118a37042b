-- What stands in plan_crowded is dealt out over the coming working days of its person from the first day back on: up to
-- ten a day, the urgent and valuable first, counting what stands on those days; what finds no room is dealt out evenly.
-- Same as followups.cadence.spread. Of each person the earliest such day: what leaves it may fill a later one.
WITH turn AS (
    SELECT person_id, min(day) AS day FROM plan_crowded GROUP BY person_id
), crowd AS (
    SELECT k.follow_up_id, k.person_id, k.day, p.owner_zone,
           count(*) OVER (PARTITION BY k.person_id) AS size,
           row_number() OVER (PARTITION BY k.person_id ORDER BY
               CASE WHEN u.source = %(source_warning)s
                    THEN CASE WHEN u.reason ->> 'level' = %(warn_red)s THEN 0 ELSE 1 END
                    WHEN u.source = %(source_revisit)s THEN 2
                    WHEN p.phase IN (%(phase_first_contact)s, %(phase_needs)s, %(phase_proposal)s,
                        %(phase_proposal_sent)s)
                    THEN 4
                    ELSE 5 + p.tier_rank END,
               p.monetary DESC, p.customer_id) - 1 AS n
    FROM plan_crowded k
    JOIN turn t ON t.person_id = k.person_id AND t.day = k.day
    JOIN followups_followup u ON u.id = k.follow_up_id
    JOIN plan_customers p ON p.customer_id = k.customer_id
), days AS (
    SELECT t.person_id, d.day, row_number() OVER (PARTITION BY t.person_id ORDER BY d.day) - 1 AS place
    FROM turn t
    JOIN plan_days d ON d.day >= t.day
    LEFT JOIN plan_own_days o ON o.person_id = t.person_id AND o.day = d.day
    WHERE COALESCE(o.work, d.work) = d.day
), loads AS (
    SELECT d.person_id, d.place, count(*) AS load
    FROM days d
    JOIN followups_followup u ON u.assignee_id = d.person_id AND u.due_on = d.day AND u.state = %(state_open)s
    WHERE d.place < %(over)s
      AND NOT (u.reason_code = %(reason_review)s AND u.source = %(source_cadence)s AND NOT u.reason ? 'chosen')
      AND NOT (d.place = 0 AND u.id IN (SELECT follow_up_id FROM crowd))
    GROUP BY d.person_id, d.place
), rooms AS (
    SELECT d.person_id, d.place, d.day, count(*) OVER (PARTITION BY d.person_id) AS days,
           sum(greatest(greatest(%(per_day)s, ceil(c.size::numeric / %(over)s)) - COALESCE(l.load, 0), 0))
               OVER (PARTITION BY d.person_id ORDER BY d.place) AS upto
    FROM days d
    JOIN (SELECT DISTINCT person_id, size FROM crowd) c ON c.person_id = d.person_id
    LEFT JOIN loads l ON l.person_id = d.person_id AND l.place = d.place
    WHERE d.place < %(over)s
)
UPDATE followups_followup u
SET due_on = n.becomes, due_at = (n.becomes + u.due_time) AT TIME ZONE n.owner_zone, updated_at = %(now)s,
    version = u.version + CASE WHEN n.becomes = n.day THEN 0 ELSE 1 END,
    reason = CASE WHEN n.becomes::text = u.reason ->> 'was' THEN u.reason - 'was' - 'because' ELSE u.reason END
             || jsonb_build_object(CASE WHEN n.becomes = n.day THEN 'crowded_stays' ELSE 'crowded' END, n.day)
FROM (
    SELECT c.follow_up_id, c.day, c.owner_zone,
           COALESCE((SELECT r.day FROM rooms r WHERE r.person_id = c.person_id AND r.upto > c.n
               ORDER BY r.place LIMIT 1),
                    (SELECT r.day FROM rooms r WHERE r.person_id = c.person_id AND r.place = c.n %% r.days)) AS becomes
    FROM crowd c
) n
WHERE u.id = n.follow_up_id;
