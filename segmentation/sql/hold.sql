-- Hold the facts of one part. What people have written of these customers is seen by the next statement; who comes
-- later waits until the part is written, and writes over it.
SELECT f.customer_id FROM customers_customerfacts f
WHERE f.customer_id IN (SELECT customer_id FROM night_facts WHERE part = %(part)s)
ORDER BY f.customer_id FOR NO KEY UPDATE;
