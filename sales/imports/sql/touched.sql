SELECT e.customer_id FROM {orders} o JOIN sales_order e ON e.id = o.order_id
WHERE o.seq BETWEEN %(first)s AND %(last)s AND o.action = ANY(%(actions)s) AND e.customer_id IS NOT NULL;
