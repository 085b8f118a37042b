-- Cut-points of the customers with a purchase in the window: their number, then four values each for r, f and m
-- (NULL = a score that nobody reaches), then the lower bounds of the amount classes large and mid.
WITH measures AS (
    SELECT %(as_of)s::date - last_on AS r, frequency AS f, monetary AS m FROM night_totals WHERE last_on >= %(start)s
), n AS (
    SELECT count(*) AS n FROM measures
), by_r AS (
    SELECT r AS v, sum(count(*)) OVER (ORDER BY r DESC) - count(*) AS worse FROM measures GROUP BY r
), by_f AS (
    SELECT f AS v, sum(count(*)) OVER (ORDER BY f) - count(*) AS worse FROM measures GROUP BY f
), by_m AS (
    SELECT m AS v, sum(count(*)) OVER (ORDER BY m) - count(*) AS worse FROM measures GROUP BY m
), revenue AS (
    SELECT m AS v, sum(sum(m)) OVER (ORDER BY m DESC) - sum(m) AS above, sum(sum(m)) OVER () AS total
    FROM measures WHERE m > 0 GROUP BY m
), steps AS (
    SELECT k, (SELECT n FROM n) * k AS needed FROM generate_series(1, 4) AS k
)
SELECT (SELECT n FROM n),
       ARRAY(SELECT (SELECT max(v) FROM by_r WHERE 5 * worse >= needed) FROM steps ORDER BY k),
       ARRAY(SELECT (SELECT min(v) FROM by_f WHERE 5 * worse >= needed) FROM steps ORDER BY k),
       ARRAY(SELECT (SELECT min(v) FROM by_m WHERE 5 * worse >= needed) FROM steps ORDER BY k),
       (SELECT ARRAY[min(v) FILTER (WHERE 1000 * above < %(large)s * total),
                     min(v) FILTER (WHERE 1000 * above < %(large_and_mid)s * total)] FROM revenue);
