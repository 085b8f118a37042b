-- Where the purchase itself doesn't count, what came back of it doesn't either.
UPDATE sales_order back SET state = %(state_cancelled)s
FROM {orders} o, sales_order bought
WHERE o.seq BETWEEN %(first)s AND %(last)s AND o.action <> 'same' AND back.id = o.order_id AND o.total < 0
  AND bought.id = back.return_of_id AND bought.state = %(state_cancelled)s;
