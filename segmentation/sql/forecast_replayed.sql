-- Whom a replay is about, by the orders up to its day that are known now: who had a purchase in the days that count.
DROP TABLE IF EXISTS night_watched;
CREATE TEMP TABLE night_watched ON COMMIT DROP AS
SELECT t.customer_id, %(as_of)s::date AS "on", t.x, t.first_on, t.last_order_on, %(warn_none)s::varchar(6) AS before,
       t.monetary / NULLIF(t.frequency, 0)::float8 AS average_order
FROM night_totals t
WHERE t.last_on >= %(start)s AND t.x IS NOT NULL;
ANALYZE night_watched;
