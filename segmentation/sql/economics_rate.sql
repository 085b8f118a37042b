-- The company's upkeep and margin before discounts, of customers who have bought and whose cost is known of enough
-- (`known`) of their sales.
SELECT sum(e.upkeep)::bigint, sum(e.margin + e.discount)::bigint
FROM segmentation_economics e
JOIN customers_customerfacts f ON f.customer_id = e.customer_id AND f.lifecycle <> %(lifecycle_prospect)s
WHERE e.costed >= %(known)s * e.revenue;
