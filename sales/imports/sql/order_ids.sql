SELECT order_id FROM {orders} WHERE seq BETWEEN %(first)s AND %(last)s AND action = %(action)s AND order_id IS NOT NULL;
