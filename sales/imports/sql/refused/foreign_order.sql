o.action = 'changed' AND EXISTS (
    SELECT FROM sales_order e
    WHERE e.id = o.order_id AND (e.customer_id IS NULL OR e.customer_id NOT IN ({reach})))
