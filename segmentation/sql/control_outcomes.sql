-- What became of both sides from `since` until `until`; scores as of the day before and of the last one.
DROP TABLE IF EXISTS night_compared;
CREATE TEMP TABLE night_compared ON COMMIT DROP AS
WITH sold AS (
    SELECT o.customer_id, count(*) FILTER (WHERE o.amount > 0) AS purchases, sum(o.amount)::bigint AS revenue
    FROM sales_order o JOIN night_sides s ON s.customer_id = o.customer_id
    WHERE o.deleted_at IS NULL AND o.state = %(order_completed)s
      AND o.ordered_on >= %(since)s AND o.ordered_on <= %(until)s
    GROUP BY o.customer_id
), active AS (
    SELECT a.customer_id, count(*)::int AS activities
    FROM customers_interaction a JOIN night_sides s ON s.customer_id = a.customer_id
    WHERE a.deleted_at IS NULL AND NOT a.automatic AND a.direction <> %(direction_internal)s
      AND a.occurred_at >= %(from)s AND a.occurred_at < %(to)s
    GROUP BY a.customer_id
)
SELECT s.customer_id, c.owner_id, c.team_id, s.tier_scheme, s.tier, s.treated, s.pair,
       COALESCE(b.lifecycle <> %(lifecycle_prospect)s, FALSE) AS existing,
       COALESCE(b.lifecycle NOT IN (%(lifecycle_prospect)s, %(lifecycle_lost)s), FALSE) AS could_leave,
       COALESCE(o.purchases, 0) > 0 AS bought, COALESCE(e.lifecycle = %(lifecycle_lost)s, FALSE) AS lost,
       COALESCE(e.tier_scheme || ':' || e.tier = ANY(%(high)s), FALSE) AS high,
       FALSE AS complained, FALSE AS answered, FALSE AS satisfied,
       COALESCE(a.activities, 0) AS activities, COALESCE(o.revenue, 0) AS revenue, 0::bigint AS capped
FROM night_sides s
JOIN customers_customer c ON c.id = s.customer_id
LEFT JOIN segmentation_scoreinterval b ON b.customer_id = s.customer_id
     AND b.valid_from <= %(begin)s AND (b.valid_to IS NULL OR b.valid_to >= %(begin)s)
LEFT JOIN segmentation_scoreinterval e ON e.customer_id = s.customer_id
     AND e.valid_from <= %(until)s AND (e.valid_to IS NULL OR e.valid_to >= %(until)s)
LEFT JOIN sold o ON o.customer_id = s.customer_id
LEFT JOIN active a ON a.customer_id = s.customer_id;

-- What apps above the scores say of the same days, as effect_of.sql has them fill it.
DROP TABLE IF EXISTS night_effect_given;
CREATE TEMP TABLE night_effect_given (customer_id bigint, code text, n int, hits int) ON COMMIT DROP;
