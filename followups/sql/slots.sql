-- Days for what is late already: up to ten a day and person on their coming working days, the urgent and valuable
-- first, counting what stands on those days; what finds no room is dealt out evenly. Same as followups.cadence.spread.
DELETE FROM plan_rooms;
INSERT INTO plan_rooms (owner_id, place, day, free, upto)
WITH need AS (
    SELECT owner_id, greatest(%(per_day)s, ceil(count(*)::numeric / %(over)s))::int AS per_day
    FROM plan_new WHERE due_on IS NULL GROUP BY owner_id
), days AS (
    SELECT n.owner_id, w.place, w.day
    FROM need n JOIN plan_workdays w
      ON w.person_id = CASE WHEN EXISTS (SELECT 1 FROM plan_workdays WHERE person_id = n.owner_id) THEN n.owner_id
                            ELSE 0 END
), begins AS (
    SELECT owner_id, min(day) AS day FROM days GROUP BY owner_id
), loads AS (
    SELECT t.assignee_id, w.place, count(*) AS load
    FROM (SELECT assignee_id, due_on, customer_id FROM followups_followup
          WHERE state = %(state_open)s AND assignee_id IN (SELECT owner_id FROM need)
            -- The review list is nobody's day.
            AND NOT (reason_code = %(reason_review)s AND source = %(source_cadence)s AND NOT reason ? 'chosen')
          UNION ALL SELECT owner_id, due_on, customer_id FROM plan_new
          WHERE due_on IS NOT NULL AND reason_code <> %(reason_review)s) t
    JOIN begins b ON b.owner_id = t.assignee_id
    JOIN days w ON w.owner_id = t.assignee_id AND w.day = greatest(t.due_on, b.day)
    GROUP BY t.assignee_id, w.place
)
SELECT owner_id, place, day, free, sum(free) OVER (PARTITION BY owner_id ORDER BY place)
FROM (SELECT n.owner_id, w.place, w.day, greatest(n.per_day - COALESCE(l.load, 0), 0) AS free
      FROM need n
      JOIN days w ON w.owner_id = n.owner_id
      LEFT JOIN loads l ON l.assignee_id = n.owner_id AND l.place = w.place) r;
ANALYZE plan_rooms;

-- Each free place of a day by itself, so that both sides are joined by numbers that are equal.
WITH waiting AS (
    SELECT customer_id, owner_id,
        row_number() OVER (PARTITION BY owner_id ORDER BY urgency, worth DESC, customer_id) AS n
    FROM plan_new WHERE due_on IS NULL
), seats AS (
    SELECT owner_id, day, generate_series(upto - free + 1, upto) AS n FROM plan_rooms WHERE free > 0
)
UPDATE plan_new n
SET due_on = COALESCE(s.day, r.day)
FROM waiting w
JOIN plan_rooms r ON r.owner_id = w.owner_id AND r.place = (w.n - 1) %% %(over)s
LEFT JOIN seats s ON s.owner_id = w.owner_id AND s.n = w.n
WHERE n.customer_id = w.customer_id;
