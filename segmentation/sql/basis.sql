-- The figures are kept for the customer's page. Of whom nothing was ever known, nothing is kept.
UPDATE segmentation_scorebasis k
SET ({seen}) = ROW ({n.seen})
FROM night_standing n
WHERE n.customer_id = k.customer_id AND ({k.seen}) IS DISTINCT FROM ({n.seen});

INSERT INTO segmentation_scorebasis (customer_id, {seen})
SELECT n.customer_id, {n.seen}
FROM night_standing n
WHERE (n.tries + n.inbound + n.complaints > 0
       OR COALESCE(n.spend_now, n.products, n.size, n.chance, n.contact_every, n.csat, n.nps, n.qualification) IS NOT NULL
       OR n.contact_on IS NOT NULL)
  AND NOT EXISTS (SELECT 1 FROM segmentation_scorebasis k WHERE k.customer_id = n.customer_id);
