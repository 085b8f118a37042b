-- Activities of the days and those of them that an order followed, by customer.
INSERT INTO night_effect_given (customer_id, code, n, hits)
SELECT customer_id, %(followed)s, count(*), count(*) FILTER (WHERE orders > 0)
FROM followups_outcome
WHERE day >= %(first)s AND day <= %(last)s
GROUP BY customer_id;
