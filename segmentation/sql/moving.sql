-- Whose chances say something else on the last day ahead; and who is warned, as that may ease tomorrow.
DROP TABLE IF EXISTS night_moving;
CREATE TEMP TABLE night_moving ON COMMIT DROP AS
SELECT t.customer_id FROM {changed}
UNION
SELECT customer_id FROM night_watch WHERE level <> %(warn_none)s AND NOT opened;
CREATE UNIQUE INDEX ON night_moving (customer_id);
ANALYZE night_moving;
