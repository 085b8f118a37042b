-- Tonight's chances and levels of those watched.
DROP TABLE IF EXISTS night_watch;
CREATE TEMP TABLE night_watch ON COMMIT DROP AS
{chances};
CREATE UNIQUE INDEX ON night_watch (customer_id);
ANALYZE night_watch;
