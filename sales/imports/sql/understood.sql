SELECT sum(total) FILTER (WHERE total > 0 AND counts), sum(total) FILTER (WHERE total < 0 AND counts),
       sum(total) FILTER (WHERE NOT counts), min(ordered_on), max(ordered_on), count(DISTINCT customer_no)
FROM (SELECT *, COALESCE(state, %(state_completed)s) = %(state_completed)s AS counts FROM {orders}) o;
