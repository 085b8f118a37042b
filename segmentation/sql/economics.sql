-- What some customers brought and cost from `first` to `on`: the statement of the night and of a customer's page.
-- `minor`: minor units of one of the currency; `hourly`: what an hour costs, in the currency itself, or NULL; `usual`:
-- {method: minutes} of a contact whose minutes nobody noted.
WITH who AS (
    SELECT c.id FROM customers_customer c WHERE c.deleted_at IS NULL AND {whose}
), bought AS (
    SELECT o.id, o.customer_id, o.rate, o.amount, o.kind
    FROM sales_order o JOIN who ON who.id = o.customer_id
    WHERE o.deleted_at IS NULL AND o.state = %(order_completed)s
      AND o.ordered_on >= %(first)s AND o.ordered_on <= %(on)s
), sales AS (
    SELECT customer_id, sum(amount)::bigint AS revenue FROM bought GROUP BY customer_id
), lines AS (
    SELECT b.customer_id, l.product_id, l.amount * b.rate AS amount, l.discount * b.rate * sign(l.quantity) AS discount,
           (l.discount > 0 AND b.kind = %(order_kind_purchase)s) AS reduced, b.kind = %(order_kind_purchase)s AS sale,
           CASE WHEN l.unit_cost IS NOT NULL OR p.unit_cost IS NOT NULL OR p.flag <> ''
                THEN l.quantity * COALESCE(l.unit_cost, p.unit_cost, 0) * b.rate END AS cost
    FROM bought b
    JOIN sales_orderline l ON l.order_id = b.id
    LEFT JOIN sales_product p ON p.id = l.product_id
), margins AS (
    SELECT customer_id, round(COALESCE(sum(amount) FILTER (WHERE cost IS NOT NULL), 0) * %(minor)s)::bigint AS costed,
           round(COALESCE(sum(amount - cost), 0) * %(minor)s)::bigint AS margin,
           round(COALESCE(sum(discount) FILTER (WHERE cost IS NOT NULL), 0) * %(minor)s)::bigint AS discount,
           round(COALESCE(sum(amount) FILTER (WHERE sale), 0) * %(minor)s)::bigint AS sold,
           round(COALESCE(sum(amount) FILTER (WHERE reduced), 0) * %(minor)s)::bigint AS discounted,
           count(DISTINCT product_id) FILTER (WHERE sale) AS products
    FROM lines GROUP BY customer_id
), talks AS (
    SELECT i.customer_id, sum(COALESCE(i.minutes, (%(usual)s::jsonb ->> i.kind)::int, 0)) AS minutes
    FROM customers_interaction i JOIN who ON who.id = i.customer_id
    WHERE i.deleted_at IS NULL AND NOT i.automatic AND i.direction IN (%(direction_in)s, %(direction_out)s)
      AND i.kind <> %(talk_note)s AND i.occurred_at >= %(since)s AND i.occurred_at < %(until)s
    GROUP BY i.customer_id
), entered AS (
    SELECT customer_id, sum(amount) FILTER (WHERE kind <> %(cost_acquisition)s AND spent_on >= %(first)s) AS upkeep,
           sum(amount) FILTER (WHERE kind = %(cost_acquisition)s) AS acquisition
    FROM segmentation_costentry e JOIN who ON who.id = e.customer_id
    WHERE e.removed_at IS NULL AND e.spent_on <= %(on)s
    GROUP BY customer_id
), acted AS (
    SELECT k.customer_id, sum(a.cost) AS cost
    FROM segmentation_caseaction a
    JOIN segmentation_churncase k ON k.id = a.case_id
    JOIN who ON who.id = k.customer_id
    WHERE a.removed_at IS NULL AND a.cost IS NOT NULL AND a.done_on >= %(first)s AND a.done_on <= %(on)s
    GROUP BY k.customer_id
), found AS (
    SELECT who.id AS customer_id, COALESCE(s.revenue, 0) AS revenue, COALESCE(m.costed, 0) AS costed,
           COALESCE(m.margin, 0) AS margin, COALESCE(m.discount, 0) AS discount, COALESCE(m.sold, 0) AS sold,
           COALESCE(m.discounted, 0) AS discounted, COALESCE(m.products, 0) AS products,
           COALESCE(t.minutes, 0) AS minutes, (COALESCE(n.upkeep, 0) + COALESCE(a.cost, 0))::bigint AS entered,
           n.acquisition::bigint AS acquisition
    FROM who
    LEFT JOIN sales s ON s.customer_id = who.id
    LEFT JOIN margins m ON m.customer_id = who.id
    LEFT JOIN talks t ON t.customer_id = who.id
    LEFT JOIN entered n ON n.customer_id = who.id
    LEFT JOIN acted a ON a.customer_id = who.id
)
SELECT customer_id, %(on)s::date AS "on", revenue, costed, margin, discount, sold, discounted, products, minutes,
       entered, acquisition, spent.upkeep, margin + discount - spent.upkeep AS contribution
FROM found, LATERAL (
    SELECT round(minutes * %(hourly)s::numeric * %(minor)s / 60)::bigint + entered + discount AS upkeep
) spent
