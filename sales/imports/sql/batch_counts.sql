SELECT count(*) FILTER (WHERE action = 'new' AND total >= 0), count(*) FILTER (WHERE action = 'new' AND total < 0),
       count(*) FILTER (WHERE action = 'changed')
FROM {orders} WHERE seq BETWEEN %(first)s AND %(last)s;
