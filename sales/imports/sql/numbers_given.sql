UPDATE {orders} o SET customer_no = g.number
FROM unnest(%(marks)s::text[], %(numbers)s::text[]) AS g(mark, number) WHERE o.by_who AND o.customer_no = g.mark;
