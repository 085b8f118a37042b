-- Of whom something was written since purchases were counted last, and who has an order of the days since: dated ahead,
-- it was no purchase then. What is noted from here on, the next time sees.
DROP TABLE IF EXISTS cohort_whom;
CREATE TEMP TABLE cohort_whom (customer_id bigint PRIMARY KEY) ON COMMIT DROP;
WITH taken AS (DELETE FROM segmentation_tocount RETURNING customer_id)
INSERT INTO cohort_whom SELECT customer_id FROM taken;
INSERT INTO cohort_whom
SELECT o.customer_id FROM sales_order o
WHERE o.ordered_on > %(before)s AND o.ordered_on <= %(on)s AND o.customer_id IS NOT NULL
ON CONFLICT DO NOTHING;
ANALYZE cohort_whom;
