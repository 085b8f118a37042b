-- Customers of a scheme who spend more than before, whom the rules in force give no high-value tier, and one step
-- would.
SELECT k.customer_id
FROM customers_customerfacts k
JOIN segmentation_scorebasis b ON b.customer_id = k.customer_id AND b.spend_now > b.spend_before
JOIN customers_customer c ON c.id = k.customer_id
WHERE k.r IS NOT NULL AND {of_scheme} AND NOT ({now}) AND ({steps})
