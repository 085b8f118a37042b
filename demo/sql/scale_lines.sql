-- One line an order, of each product in turn.
INSERT INTO sales_orderline (order_id, product_id, description, quantity, unit_price, discount, amount)
SELECT o.id, (%(products)s::bigint[])[1 + o.id %% cardinality(%(products)s::bigint[])], '', 1, o.amount / 100.0, 0,
       o.amount / 100.0
FROM sales_order o
ORDER BY o.id;
