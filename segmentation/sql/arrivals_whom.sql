-- Whose orders are to be read again: of whom something was written since the last count, and who has an order of the
-- days since. What is noted from here on, the next count sees.
DROP TABLE IF EXISTS arrival_whom;
CREATE TEMP TABLE arrival_whom (customer_id bigint PRIMARY KEY) ON COMMIT DROP;
WITH taken AS (DELETE FROM segmentation_toarrive RETURNING customer_id)
INSERT INTO arrival_whom SELECT customer_id FROM taken;
INSERT INTO arrival_whom
SELECT o.customer_id FROM sales_order o
WHERE o.ordered_on > %(before)s AND o.ordered_on <= %(on)s AND o.customer_id IS NOT NULL
ON CONFLICT DO NOTHING;
ANALYZE arrival_whom;
