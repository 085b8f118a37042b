-- One batch of orders with the customer and the channel that they name; a part of insert_orders and update_orders.
FROM {orders} o
LEFT JOIN customers_customer c ON c.number = o.customer_no
LEFT JOIN LATERAL (
    SELECT COALESCE(h.merged_into_id, h.id) AS id FROM customers_channel h
    WHERE lower(o.channel) IN (lower(h.code), lower(h.name_en), lower(h.name_zh))
    ORDER BY h.merged_into_id NULLS FIRST, h.id LIMIT 1
) h ON o.channel IS NOT NULL
WHERE o.seq BETWEEN %(first)s AND %(last)s