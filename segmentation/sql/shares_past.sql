-- What the sums of the run as of `on` count of each customer, where they aren't those of the last current run: owner,
-- team and channel are those of today. Stored tables only, so that several processes of the server can work at it.
SELECT c.owner_id, c.team_id, c.channel_id, i.tier_scheme, i.tier, COALESCE(b.tier, '') AS tier_before, i.lifecycle,
       i.warning, i.r IS NOT NULL AS scored, i.frequency AS purchases, i.monetary AS revenue,
       COALESCE(month.net, 0) AS month_revenue, COALESCE(month.orders, 0) AS month_orders
FROM segmentation_scoreinterval i
JOIN customers_customer c ON c.id = i.customer_id AND c.deleted_at IS NULL
LEFT JOIN segmentation_scoreinterval b ON b.customer_id = i.customer_id
    AND b.valid_from <= %(month_end)s AND (b.valid_to IS NULL OR b.valid_to >= %(month_end)s)
LEFT JOIN (
    SELECT o.customer_id, sum(o.amount) AS net,
           count(*) FILTER (WHERE o.kind = %(order_kind_purchase)s AND o.amount > 0) AS orders
    FROM sales_order o
    WHERE o.deleted_at IS NULL AND o.state = %(order_completed)s AND o.customer_id IS NOT NULL
      AND o.ordered_on BETWEEN date_trunc('month', %(on)s::date)::date AND %(on)s
    GROUP BY o.customer_id
) month ON month.customer_id = i.customer_id
WHERE i.valid_from <= %(on)s AND (i.valid_to IS NULL OR i.valid_to >= %(on)s)
