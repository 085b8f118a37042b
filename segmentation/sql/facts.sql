-- Today's lists read these columns; only rows that differ are written, those of one part. First, last and number of
-- orders are written by the orders' own services.
UPDATE customers_customerfacts f
SET ({facts}) = ROW ({n.facts})
FROM ({present}) n
WHERE n.customer_id = f.customer_id AND ({f.facts}) IS DISTINCT FROM ({n.facts});

-- A customer without a facts row gets it here once, with what its orders say; that need not be noted (migration 0018).
SELECT set_config('segmentation.at_night', '1', TRUE);
INSERT INTO customers_customerfacts (customer_id, {facts}, first_order_on, last_order_on, orders_total,
                                     revisits_from, {others})
SELECT n.customer_id, {n.facts}, o.first_order_on, o.last_order_on, COALESCE(o.orders_total, 0)::int,
       o.first_order_on, {others_empty}
FROM ({present}) n
LEFT JOIN night_bought o ON o.customer_id = n.customer_id
WHERE NOT EXISTS (SELECT 1 FROM customers_customerfacts f WHERE f.customer_id = n.customer_id)
ON CONFLICT (customer_id) DO NOTHING;
SELECT set_config('segmentation.at_night', '', TRUE);
