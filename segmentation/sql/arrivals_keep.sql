-- What the customers of `whose` brought from their first order to `on`; of those of `known` it is as it was. The rest is
-- read of everybody, and only what differs is written.
WITH bought AS (
    SELECT o.id, o.customer_id, o.rate, o.amount
    FROM sales_order o
    WHERE o.deleted_at IS NULL AND o.state = %(order_completed)s AND o.ordered_on <= %(on)s AND {whose}
), sales AS (
    SELECT customer_id, sum(amount)::bigint AS revenue FROM bought GROUP BY customer_id
), lines AS (
    SELECT b.customer_id, l.amount * b.rate AS amount,
           CASE WHEN l.unit_cost IS NOT NULL OR p.unit_cost IS NOT NULL OR p.flag <> ''
                THEN l.quantity * COALESCE(l.unit_cost, p.unit_cost, 0) * b.rate END AS cost
    FROM bought b
    JOIN sales_orderline l ON l.order_id = b.id
    LEFT JOIN sales_product p ON p.id = l.product_id
), margins AS (
    SELECT customer_id, round(COALESCE(sum(amount) FILTER (WHERE cost IS NOT NULL), 0) * %(minor)s)::bigint AS costed,
           round(COALESCE(sum(amount - cost), 0) * %(minor)s)::bigint AS margin
    FROM lines GROUP BY customer_id
), found AS (
    SELECT c.id AS customer_id, c.owner_id, c.team_id, c.channel_id,
           CASE WHEN c.kind = %(kind_company)s THEN %(scheme_b2b)s ELSE %(scheme_b2c)s END AS tier_scheme,
           COALESCE(i.tier, '') AS tier, d.came_on, f.first_order_on - d.came_on AS days_to_buy,
           CASE WHEN {known} THEN a.revenue ELSE COALESCE(s.revenue, 0) END AS revenue,
           CASE WHEN {known} THEN a.costed ELSE COALESCE(m.costed, 0) END AS costed,
           CASE WHEN {known} THEN a.margin ELSE COALESCE(m.margin, 0) END AS margin
    FROM customers_customer c
    LEFT JOIN customers_customerfacts f ON f.customer_id = c.id
    LEFT JOIN segmentation_scoreinterval i ON i.customer_id = c.id AND i.valid_to IS NULL
    LEFT JOIN segmentation_arrival a ON a.customer_id = c.id
    LEFT JOIN arrival_whom w ON w.customer_id = c.id
    LEFT JOIN sales s ON s.customer_id = c.id
    LEFT JOIN margins m ON m.customer_id = c.id
    CROSS JOIN LATERAL (
        SELECT LEAST((c.created_at AT TIME ZONE %(zone)s)::date, f.first_order_on) AS came_on
    ) d
    WHERE c.deleted_at IS NULL
)
INSERT INTO segmentation_arrival AS kept (customer_id, owner_id, team_id, channel_id, tier_scheme, tier, came_on,
                                          days_to_buy, revenue, costed, margin)
SELECT * FROM found
ON CONFLICT (customer_id) DO UPDATE
SET (owner_id, team_id, channel_id, tier_scheme, tier, came_on, days_to_buy, revenue, costed, margin) =
    ROW (excluded.owner_id, excluded.team_id, excluded.channel_id, excluded.tier_scheme, excluded.tier,
         excluded.came_on, excluded.days_to_buy, excluded.revenue, excluded.costed, excluded.margin)
WHERE (kept.owner_id, kept.team_id, kept.channel_id, kept.tier_scheme, kept.tier, kept.came_on, kept.days_to_buy,
       kept.revenue, kept.costed, kept.margin) IS DISTINCT FROM
      (excluded.owner_id, excluded.team_id, excluded.channel_id, excluded.tier_scheme, excluded.tier,
       excluded.came_on, excluded.days_to_buy, excluded.revenue, excluded.costed, excluded.margin);
DELETE FROM segmentation_arrival a USING customers_customer c WHERE c.id = a.customer_id AND c.deleted_at IS NOT NULL;
