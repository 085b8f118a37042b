-- Sums are kept from this month on, for the first time or earlier than before: everybody with an order since then is to
-- be added up.
DELETE FROM sales_soldsince;
INSERT INTO sales_soldsince (month) VALUES (%(month)s);
INSERT INTO sales_tosum (customer_id)
SELECT DISTINCT customer_id FROM sales_order
WHERE deleted_at IS NULL AND state = %(state_completed)s AND ordered_on >= %(month)s AND customer_id IS NOT NULL;
