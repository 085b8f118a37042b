-- Whom a forecast that a night keeps is about, as its scores have them: who had a purchase in the days that count.
DROP TABLE IF EXISTS night_watched;
CREATE TEMP TABLE night_watched ON COMMIT DROP AS
SELECT i.customer_id, %(as_of)s::date AS "on", i.x, i.first_on, i.last_order_on, %(warn_none)s::varchar(6) AS before,
       i.monetary / NULLIF(i.frequency, 0)::float8 AS average_order
FROM segmentation_scoreinterval i
JOIN customers_customer c ON c.id = i.customer_id AND c.deleted_at IS NULL
WHERE i.valid_from <= %(as_of)s AND (i.valid_to IS NULL OR i.valid_to >= %(as_of)s)
  AND i.last_on >= %(start)s AND i.x IS NOT NULL;
ANALYZE night_watched;
