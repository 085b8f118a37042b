-- The order days of one customer up to a day, counted as days.sql counts those of all.
SELECT o.ordered_on AS day,
       (count(*) FILTER (WHERE o.kind = %(order_kind_purchase)s))::int AS orders,
       (count(*) FILTER (WHERE o.kind = %(order_kind_purchase)s AND o.amount > 0
                         AND (r.total IS NULL OR o.total + r.total > 0)))::int AS bought,
       sum(o.amount)::bigint AS net,
       array_agg(o.amount) FILTER (WHERE o.kind = %(order_kind_purchase)s AND o.amount > 0) AS amounts
FROM sales_order o
LEFT JOIN LATERAL (
    SELECT sum(back.total) AS total FROM sales_order back
    WHERE back.return_of_id = o.id AND back.kind = %(order_kind_return)s AND back.state = %(order_completed)s
      AND back.deleted_at IS NULL AND back.ordered_on <= %(as_of)s
) r ON TRUE
WHERE o.customer_id = %(customer)s AND o.deleted_at IS NULL AND o.state = %(order_completed)s
  AND o.ordered_on <= %(as_of)s
GROUP BY o.ordered_on
ORDER BY o.ordered_on;
