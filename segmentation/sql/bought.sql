-- Of the customers without a facts row, what their orders say; and whom this night has computed. Most nights there is
-- none: then the order days aren't read.
DROP TABLE IF EXISTS night_new;
CREATE TEMP TABLE night_new ON COMMIT DROP AS
SELECT s.customer_id FROM night_subjects s
WHERE NOT EXISTS (SELECT 1 FROM customers_customerfacts f WHERE f.customer_id = s.customer_id);
DROP TABLE IF EXISTS night_bought;
CREATE TEMP TABLE night_bought AS
SELECT customer_id, min(day) AS first_order_on, max(day) AS last_order_on, sum(bought) AS orders_total
FROM night_days
WHERE bought > 0 AND EXISTS (SELECT 1 FROM night_new) AND customer_id IN (SELECT customer_id FROM night_new)
GROUP BY customer_id;
DROP TABLE IF EXISTS night_done;
CREATE TEMP TABLE night_done AS SELECT customer_id FROM night_subjects;
ANALYZE night_done;
