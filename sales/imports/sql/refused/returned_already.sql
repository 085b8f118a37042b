-- Goods that came back without their purchase would count as a loss.
o.action = 'changed' AND o.state <> %(state_completed)s AND EXISTS (
    SELECT FROM sales_order b
    WHERE b.return_of_id = o.order_id AND b.deleted_at IS NULL AND b.state <> %(state_cancelled)s)
