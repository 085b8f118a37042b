DELETE FROM sales_orderline WHERE order_id IN (
    SELECT order_id FROM {orders} WHERE seq BETWEEN %(first)s AND %(last)s AND action = 'changed');
