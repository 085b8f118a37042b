-- An uploader reaches only own customers. Orders that are the same already write nothing and refuse nothing.
-- (first row, customer, order) of the orders that mean somebody else's customer, or are stored for one.
SELECT min(l.row_no) AS row_no, c.id, e.id
FROM {orders} o
JOIN {lines} l ON l.number = o.number AND l.error IS NULL
LEFT JOIN customers_customer c ON c.number = o.customer_no AND c.id NOT IN ({reach})
LEFT JOIN sales_order e ON e.id = o.order_id AND (e.customer_id IS NULL OR e.customer_id NOT IN ({reach}))
WHERE o.action <> 'same' AND (c.id IS NOT NULL OR e.id IS NOT NULL)
GROUP BY 2, 3 ORDER BY 1;
