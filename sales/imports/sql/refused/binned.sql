-- What lies in the recycle bin is neither filled nor changed unseen.
o.action <> 'same' AND (
    EXISTS (SELECT FROM customers_customer c WHERE c.number = o.customer_no AND c.deleted_at IS NOT NULL)
    OR EXISTS (SELECT FROM sales_order e WHERE e.id = o.order_id AND e.deleted_at IS NOT NULL))
