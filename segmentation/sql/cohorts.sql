-- Who bought again: customers by the month and by the quarter of their first purchase, and how many of them bought in
-- each one since, as of `on`. A purchase is completed and above zero. One walk over the index of what customers bought;
-- months are numbers (year * 12 + month - 1), which are counted several times faster than dates.
INSERT INTO segmentation_cohortsum (run_id, grain, cohort, bought, owner_id, team_id, channel_id, tier_scheme, customers)
WITH bought AS (
    SELECT DISTINCT o.customer_id,
           extract(year FROM o.ordered_on)::int * 12 + extract(month FROM o.ordered_on)::int - 1 AS month
    FROM sales_order o
    WHERE o.deleted_at IS NULL AND o.state = %(order_completed)s AND o.amount > 0 AND o.customer_id IS NOT NULL
      AND o.ordered_on <= %(on)s
), months AS MATERIALIZED (
    SELECT customer_id, month, min(month) OVER (PARTITION BY customer_id) AS first FROM bought
), steps AS (
    SELECT 'month' AS grain, 1 AS size, customer_id, first AS cohort, month AS step FROM months
    UNION ALL
    SELECT DISTINCT 'quarter', 3, customer_id, first / 3, month / 3 FROM months
), dated AS (
    SELECT grain, customer_id, make_date(cohort * size / 12, cohort * size %% 12 + 1, 1) AS cohort,
           make_date(step * size / 12, step * size %% 12 + 1, 1) AS bought
    FROM steps
    WHERE make_date(cohort * size / 12, cohort * size %% 12 + 1, 1)
        >= CASE size WHEN 1 THEN %(months_from)s::date ELSE %(quarters_from)s::date END
)
SELECT %(run)s, d.grain, d.cohort, d.bought, c.owner_id, c.team_id, c.channel_id, i.tier_scheme, count(*)::int
FROM dated d
JOIN customers_customer c ON c.id = d.customer_id AND c.deleted_at IS NULL
JOIN segmentation_scoreinterval i ON i.customer_id = d.customer_id
    AND i.valid_from <= %(on)s AND (i.valid_to IS NULL OR i.valid_to >= %(on)s)
GROUP BY d.grain, d.cohort, d.bought, c.owner_id, c.team_id, c.channel_id, i.tier_scheme;
