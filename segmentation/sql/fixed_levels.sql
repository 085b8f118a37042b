-- The fixed rule: silent for N days, or twice the own cycle (from 3 intervals on); both together are red.
UPDATE night_watch w
SET level = CASE signs.n WHEN 2 THEN %(warn_red)s WHEN 1 THEN %(warn_yellow)s ELSE %(warn_none)s END
FROM (
    SELECT w2.customer_id,
           (w2.silent >= %(fixed_days)s)::int
             + COALESCE((c.intervals >= 3 AND c.median > 0 AND w2.silent >= %(cycle_ratio)s * c.median)::int, 0) AS n
    FROM night_watch w2 LEFT JOIN night_cycles c ON c.customer_id = w2.customer_id
) signs
WHERE signs.customer_id = w.customer_id;
