-- Nothing is guessed from products or amounts.
UPDATE sales_order back SET return_of_id = bought.id
FROM {orders} o, sales_order bought
WHERE o.seq BETWEEN %(first)s AND %(last)s AND o.action <> 'same' AND o.total < 0 AND back.id = o.order_id
  AND back.return_of_id IS NULL AND bought.source = %(source)s AND bought.kind = %(kind_purchase)s
  AND bought.customer_id IS NOT DISTINCT FROM back.customer_id
  AND bought.number = {purchase_no} AND bought.number <> o.number;
