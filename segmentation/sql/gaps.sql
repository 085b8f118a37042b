-- The purchase days of each customer of night_subjects and the nearest-rank quartiles of the days between them; only
-- rows that differ are written. `whose`: of few only those of whom orders came or went, nobody else's days have moved.
DROP TABLE IF EXISTS night_gaps;
CREATE TEMP TABLE night_gaps ON COMMIT DROP AS
SELECT customer_id, count(*)::int AS days, max(day) AS last_on,
       percentile_disc(ARRAY[0.25, 0.5, 0.75]) WITHIN GROUP (ORDER BY gap) AS gap
FROM (
    SELECT customer_id, day, day - lag(day) OVER (PARTITION BY customer_id ORDER BY day) AS gap
    FROM night_days o WHERE bought > 0 AND {whose}
) bought
GROUP BY customer_id;
CREATE UNIQUE INDEX ON night_gaps (customer_id);
ANALYZE night_gaps;

DELETE FROM segmentation_buyingrhythm r USING night_subjects s
WHERE s.customer_id = r.customer_id AND s.bought
  AND NOT EXISTS (SELECT 1 FROM night_gaps g WHERE g.customer_id = r.customer_id);

INSERT INTO segmentation_buyingrhythm (customer_id, days, last_on, low, middle, high)
SELECT customer_id, days, last_on, gap[1], gap[2], gap[3] FROM night_gaps
ON CONFLICT (customer_id) DO UPDATE
SET days = excluded.days, last_on = excluded.last_on, low = excluded.low, middle = excluded.middle,
    high = excluded.high
WHERE (segmentation_buyingrhythm.days, segmentation_buyingrhythm.last_on, segmentation_buyingrhythm.low,
       segmentation_buyingrhythm.middle, segmentation_buyingrhythm.high)
      IS DISTINCT FROM (excluded.days, excluded.last_on, excluded.low, excluded.middle, excluded.high);
