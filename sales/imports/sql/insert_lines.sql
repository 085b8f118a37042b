INSERT INTO sales_orderline (order_id, product_id, description, quantity, unit_price, unit_cost, discount, amount)
SELECT o.order_id, p.id, COALESCE(l.product, CASE WHEN p.id IS NULL THEN l.sku END, ''), l.quantity,
       l.unit_price, l.unit_cost, COALESCE(l.discount, 0), round(l.amount, 4)
FROM {orders} o
JOIN {lines} l ON l.number = o.number AND l.error IS NULL
LEFT JOIN sales_product p ON p.sku = l.sku
WHERE o.seq BETWEEN %(first)s AND %(last)s AND o.action <> 'same'
ORDER BY o.seq, l.row_no;
