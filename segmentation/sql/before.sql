-- The state at the latest published run before the as-of date; empty when there is none.
DROP TABLE IF EXISTS night_before;
CREATE TEMP TABLE night_before ON COMMIT DROP AS
SELECT customer_id, last_on, r, f, m, tier, rated_tier, lifecycle, warning
FROM segmentation_scoreinterval
WHERE valid_from <= %(previous)s AND (valid_to IS NULL OR valid_to >= %(previous)s);
CREATE UNIQUE INDEX ON night_before (customer_id);
ANALYZE night_before;
