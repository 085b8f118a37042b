-- What was noted so far of whose scores are to be computed again. Whatever a transaction notes that isn't over yet, the
-- next night sees. Kept beyond this transaction: the notes go when all is written.
DROP TABLE IF EXISTS night_seen;
CREATE TEMP TABLE night_seen AS SELECT id, customer_id FROM segmentation_torate;
ANALYZE night_seen;
