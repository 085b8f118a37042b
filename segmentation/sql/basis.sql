-- The figures are kept for the customer's page; only rows that differ are written. Of whom nothing was ever known,
-- nothing is kept.
INSERT INTO segmentation_scorebasis (customer_id, {seen})
SELECT n.customer_id, {n.seen}
FROM night_standing n
LEFT JOIN segmentation_scorebasis k ON k.customer_id = n.customer_id
WHERE CASE WHEN k.customer_id IS NOT NULL THEN ({k.seen}) IS DISTINCT FROM ({n.seen})
           ELSE n.tries + n.inbound + n.complaints > 0 OR n.contact_on IS NOT NULL
                OR COALESCE(n.spend_now, n.products, n.size, n.chance, n.contact_every, n.csat, n.nps, n.qualification)
                   IS NOT NULL END
ON CONFLICT (customer_id) DO UPDATE SET ({seen}) = ROW ({excluded.seen});
