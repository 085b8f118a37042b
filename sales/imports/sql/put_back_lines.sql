-- The lines as they were, with their ids; a product that is gone leaves its words.
DELETE FROM sales_orderline WHERE order_id = ANY(%(ids)s);
INSERT INTO sales_orderline (id, order_id, product_id, description, quantity, unit_price, unit_cost, discount, amount)
SELECT l.id, l.order_id, p.id, l.description, l.quantity, l.unit_price, l.unit_cost, l.discount, l.amount
FROM intake_importedrow r
CROSS JOIN LATERAL jsonb_populate_recordset(NULL::sales_orderline, r.before -> 'lines') l
LEFT JOIN sales_product p ON p.id = l.product_id
WHERE r.job_id = %(job)s AND r.what = %(what)s AND r.row_id = ANY(%(ids)s);
