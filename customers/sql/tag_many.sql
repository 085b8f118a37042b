-- Puts one tag on many customers; returns those who didn't have it, each with its link.
INSERT INTO customers_customer_tags (customer_id, tag_id)
SELECT customer, %(tag)s
FROM unnest(%(customers)s::bigint[]) AS customer
ORDER BY customer
ON CONFLICT DO NOTHING
RETURNING customer_id, id
