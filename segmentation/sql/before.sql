-- The state at the latest published run before the as-of date; empty when there is none.
DROP TABLE IF EXISTS night_before;
CREATE TEMP TABLE night_before ON COMMIT DROP AS
SELECT i.customer_id, i.last_on, i.rated_tier, i.warning
FROM night_subjects s JOIN segmentation_scoreinterval i ON i.customer_id = s.customer_id
WHERE i.valid_from <= %(previous)s AND (i.valid_to IS NULL OR i.valid_to >= %(previous)s);
CREATE UNIQUE INDEX ON night_before (customer_id);
ANALYZE night_before;
