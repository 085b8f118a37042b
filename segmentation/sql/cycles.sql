-- The own cycle (days between order days) of the customers in question: everybody watched, or only the warned ones.
DROP TABLE IF EXISTS night_cycles;
CREATE TEMP TABLE night_cycles ON COMMIT DROP AS
SELECT customer_id, count(*)::int AS intervals, percentile_cont(0.5) WITHIN GROUP (ORDER BY gap) AS median
FROM (
    SELECT d.customer_id, d.day - lag(d.day) OVER (PARTITION BY d.customer_id ORDER BY d.day) AS gap
    FROM night_days d JOIN night_watch w ON w.customer_id = d.customer_id
    WHERE d.orders > 0 AND (%(everybody)s OR w.level <> %(warn_none)s)
) gaps
WHERE gap IS NOT NULL
GROUP BY customer_id;
CREATE UNIQUE INDEX ON night_cycles (customer_id);
ANALYZE night_cycles;
