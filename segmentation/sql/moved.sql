-- Of whom a value moved that history stores, with the interval in which the as-of date lies. Returns how many they
-- are, and how many intervals the server's statistics know of.
DROP TABLE IF EXISTS night_moved;
CREATE TEMP TABLE night_moved ON COMMIT DROP AS
SELECT s.customer_id, i.id AS interval_id, i.valid_from, i.valid_to
FROM night_scores s
LEFT JOIN segmentation_scoreinterval i ON i.customer_id = s.customer_id
    AND i.valid_from <= %(as_of)s AND (i.valid_to IS NULL OR i.valid_to >= %(as_of)s)
WHERE i.id IS NULL OR ({i.values}) IS DISTINCT FROM ({s.values});
CREATE INDEX ON night_moved (customer_id);
ANALYZE night_moved;
SELECT count(*), (SELECT reltuples FROM pg_class WHERE oid = 'segmentation_scoreinterval'::regclass) FROM night_moved;
