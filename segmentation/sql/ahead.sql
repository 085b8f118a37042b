-- Whose chances say something else on the last day ahead than tonight; and who is warned, as that may ease tomorrow.
-- Tonight's level is the one before of the days ahead.
DROP TABLE IF EXISTS night_moving;
CREATE TEMP TABLE night_moving ON COMMIT DROP AS
WITH ahead AS (
    SELECT w.customer_id, w.x, w.first_on, w.last_order_on, w.level AS before, w.average_order, %(until)s::date AS "on"
    FROM night_watch w
)
SELECT t.customer_id FROM ({chances}) t JOIN night_watch w ON w.customer_id = t.customer_id WHERE {changed}
UNION
SELECT customer_id FROM night_watch WHERE level <> %(warn_none)s AND NOT opened;
ANALYZE night_moving;

-- The first day on which they do.
INSERT INTO night_due
WITH ahead AS (
    SELECT w.customer_id, w.x, w.first_on, w.last_order_on, w.level AS before, w.average_order, day::date AS "on"
    FROM night_watch w
    JOIN night_moving m ON m.customer_id = w.customer_id
    CROSS JOIN generate_series(%(as_of)s::date + 1, %(until)s::date, interval '1 day') AS day
)
SELECT t.customer_id, min(t."on")
FROM ({chances}) t JOIN night_watch w ON w.customer_id = t.customer_id
WHERE {changed}
GROUP BY t.customer_id;
