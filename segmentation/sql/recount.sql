-- What the intervals of a run would hold if the days from `start` on counted: of night_totals, for this session. Who has
-- no purchase in them has no row. Kept until the next question of this connection.
DROP TABLE IF EXISTS whatif_recounted;
CREATE TEMP TABLE whatif_recounted AS
SELECT i.id AS interval_id, t.last_on, t.frequency, t.purchase_days, t.monetary
FROM segmentation_scoreinterval i
JOIN night_totals t ON t.customer_id = i.customer_id
WHERE t.last_on >= %(start)s AND i.valid_from <= %(as_of)s AND (i.valid_to IS NULL OR i.valid_to >= %(as_of)s);
CREATE UNIQUE INDEX ON whatif_recounted (interval_id);
ANALYZE whatif_recounted;
