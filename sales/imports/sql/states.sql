SELECT state, count(*) FROM {orders} WHERE state IS NOT NULL GROUP BY state ORDER BY state;
