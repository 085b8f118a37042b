o.total < 0 AND o.action <> 'same' AND (
    EXISTS (SELECT FROM {orders} p
            WHERE p.number = {purchase_no} AND p.number <> o.number AND p.total > 0
              AND p.customer_no IS NOT DISTINCT FROM o.customer_no AND p.ordered_on > o.ordered_on)
    OR EXISTS (SELECT FROM sales_order p JOIN customers_customer c ON c.id = p.customer_id
               WHERE p.source = %(source)s AND p.number = {purchase_no} AND p.number <> o.number
                 AND p.kind = %(kind_purchase)s AND p.deleted_at IS NULL AND c.number = o.customer_no
                     AND p.ordered_on > o.ordered_on))
