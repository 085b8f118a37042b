-- A purchase: completed, worth something, not taken back as a whole by returns that are linked to it.
WITH orders AS MATERIALIZED (
    SELECT id, customer_id, kind, ordered_on, total, amount, return_of_id
    FROM sales_order WHERE customer_id = ANY(%(ids)s) AND deleted_at IS NULL AND state = %(state_completed)s
), returned AS (
    SELECT return_of_id AS id, sum(total) AS total
    FROM orders WHERE kind = %(kind_return)s AND return_of_id IS NOT NULL GROUP BY return_of_id
), purchases AS (
    SELECT o.customer_id, o.ordered_on, count(*) AS orders
    FROM orders o LEFT JOIN returned r ON r.id = o.id
    WHERE o.kind = %(kind_purchase)s AND o.amount > 0 AND o.total + COALESCE(r.total, 0) > 0
    GROUP BY o.customer_id, o.ordered_on
), spaced AS (
    SELECT *, ordered_on - lag(ordered_on) OVER (PARTITION BY customer_id ORDER BY ordered_on) AS gap FROM purchases
), bought AS (
    SELECT customer_id, array_agg(ordered_on ORDER BY ordered_on) AS days, array_agg(gap ORDER BY ordered_on) AS gaps,
           sum(orders) AS orders
    FROM spaced GROUP BY customer_id
), wanted AS (
    SELECT t.id, b.days[1] AS first_order_on, b.days[cardinality(b.days)] AS last_order_on,
           COALESCE(b.orders, 0)::integer AS orders_total,
           -- The newest day that begins the revisits of day 7, 30 and 90: see sales/revisits.py.
           (SELECT max(d.day) FROM unnest(b.days) WITH ORDINALITY AS d(day, n)
            WHERE d.n = 1 OR b.gaps[d.n] > %(late_after)s * (
                SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY g) FROM unnest(b.gaps[2:d.n::int - 1]) AS g
                HAVING count(*) >= %(cycle_needs)s)) AS revisits_from
    FROM unnest(%(ids)s::bigint[]) AS t(id) LEFT JOIN bought b ON b.customer_id = t.id
)
UPDATE customers_customerfacts f
SET ({facts}) = ROW ({w.facts})
FROM wanted w
WHERE f.customer_id = w.id AND ({f.facts}) IS DISTINCT FROM ({w.facts});
