-- How many orders of a batch were found stored.
SELECT count(order_id) FROM {orders} WHERE seq BETWEEN %(first)s AND %(last)s;
