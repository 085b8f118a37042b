WITH wanted AS (
    SELECT o.*, c.id AS customer_id, h.id AS channel_id
    {source_rows} AND o.action = 'changed'
)
UPDATE sales_order e
SET customer_id = w.customer_id, state = COALESCE(w.state, e.state),
    kind = CASE WHEN w.total < 0 THEN %(kind_return)s ELSE %(kind_purchase)s END,
    ordered_at = w.ordered_at, ordered_on = w.ordered_on, currency = %(currency)s, rate = w.rate, total = w.total,
    amount = w.amount, payment_method = COALESCE(w.payment_method, ''), channel_id = w.channel_id,
    region = COALESCE(w.region, ''), content_hash = w.hash,
    return_of_id = CASE WHEN w.total < 0 THEN e.return_of_id END, updated_at = %(now)s, updated_by_id = %(user)s,
    version = e.version + 1
FROM wanted w WHERE e.id = w.order_id;
