-- What is stored already: same = nothing to do, changed = its lines are replaced as a whole.
UPDATE {orders} o SET order_id = e.id, action = CASE WHEN e.content_hash = o.hash THEN 'same' ELSE 'changed' END
FROM sales_order e
WHERE e.source = %(source)s AND e.number = o.number AND o.seq BETWEEN %(first)s AND %(last)s;
