-- A purchase: completed, worth something, not taken back as a whole by returns that are linked to it.
WITH orders AS MATERIALIZED (
    SELECT id, customer_id, kind, ordered_on, total, amount, return_of_id
    FROM sales_order WHERE customer_id = ANY(%(ids)s) AND deleted_at IS NULL AND state = %(state_completed)s
), returned AS (
    SELECT return_of_id AS id, sum(total) AS total
    FROM orders WHERE kind = %(kind_return)s AND return_of_id IS NOT NULL GROUP BY return_of_id
), bought AS (
    SELECT o.customer_id, min(o.ordered_on) AS first_order_on, max(o.ordered_on) AS last_order_on, count(*) AS orders
    FROM orders o LEFT JOIN returned r ON r.id = o.id
    WHERE o.kind = %(kind_purchase)s AND o.amount > 0 AND o.total + COALESCE(r.total, 0) > 0
    GROUP BY o.customer_id
), wanted AS (
    SELECT t.id, b.first_order_on, b.last_order_on, COALESCE(b.orders, 0)::integer AS orders_total
    FROM unnest(%(ids)s::bigint[]) AS t(id) LEFT JOIN bought b ON b.customer_id = t.id
)
UPDATE customers_customerfacts f
SET ({facts}) = ROW ({w.facts})
FROM wanted w
WHERE f.customer_id = w.id AND ({f.facts}) IS DISTINCT FROM ({w.facts});
