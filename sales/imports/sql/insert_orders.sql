WITH made AS (
    INSERT INTO sales_order (source, number, customer_id, kind, state, ordered_at, ordered_on, currency, rate,
        total, amount, payment_method, channel_id, region, notes, content_hash, created_at, updated_at,
        created_by_id, updated_by_id, version)
    SELECT %(source)s, o.number, c.id, CASE WHEN o.total < 0 THEN %(kind_return)s ELSE %(kind_purchase)s END,
        COALESCE(o.state, %(state_completed)s), o.ordered_at, o.ordered_on, %(currency)s,
        o.rate, o.total, o.amount, COALESCE(o.payment_method, ''), h.id,
        COALESCE(o.region, ''), '', o.hash, %(now)s, %(now)s, %(user)s, %(user)s, 1
    {source_rows} AND o.action = 'new'
    ORDER BY o.seq
    RETURNING id, number
)
UPDATE {orders} o SET order_id = made.id FROM made WHERE made.number = o.number;
