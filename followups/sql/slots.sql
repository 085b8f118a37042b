-- Days for what is late already: up to ten a day and person on the coming working days, the urgent and valuable first,
-- counting what stands on those days; what finds no room is dealt out evenly. Same as followups.cadence.spread.
DELETE FROM plan_rooms;
INSERT INTO plan_rooms (owner_id, place, day, upto)
WITH need AS (
    SELECT owner_id, greatest(%(per_day)s, ceil(count(*)::numeric / %(over)s))::int AS per_day
    FROM plan_new WHERE due_on IS NULL GROUP BY owner_id
), loads AS (
    SELECT t.assignee_id, w.place, count(*) AS load
    FROM (SELECT assignee_id, due_on, customer_id FROM followups_followup
          WHERE state = %(state_open)s AND assignee_id IN (SELECT owner_id FROM need)
          UNION ALL SELECT owner_id, due_on, customer_id FROM plan_new WHERE due_on IS NOT NULL) t
    JOIN plan_workdays w ON w.day = greatest(t.due_on, (SELECT min(day) FROM plan_workdays))
    GROUP BY t.assignee_id, w.place
)
SELECT n.owner_id, w.place, w.day,
       sum(greatest(n.per_day - COALESCE(l.load, 0), 0)) OVER (PARTITION BY n.owner_id ORDER BY w.place) AS upto
FROM need n
CROSS JOIN plan_workdays w
LEFT JOIN loads l ON l.assignee_id = n.owner_id AND l.place = w.place;
ANALYZE plan_rooms;

UPDATE plan_new n
SET due_on = COALESCE(
    (SELECT r.day FROM plan_rooms r WHERE r.owner_id = n.owner_id AND r.upto >= q.place
     ORDER BY r.upto, r.place LIMIT 1),
    (SELECT w.day FROM plan_workdays w WHERE w.place = (q.place - 1) %% %(over)s))
FROM (SELECT customer_id,
             row_number() OVER (PARTITION BY owner_id ORDER BY urgency, worth DESC, customer_id) AS place
      FROM plan_new WHERE due_on IS NULL) q
WHERE q.customer_id = n.customer_id;
