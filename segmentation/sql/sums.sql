-- What dashboards add up: the run as of `on`, grouped by owner, channel, tier and the tier at the month end before
-- (`month_end`: the run that stands for it, NULL = none yet).
DROP TABLE IF EXISTS night_month;
CREATE TEMP TABLE night_month ON COMMIT DROP AS
SELECT o.customer_id, sum(o.amount) AS net FROM sales_order o
WHERE o.deleted_at IS NULL AND o.state = %(order_completed)s AND o.customer_id IS NOT NULL
  AND o.ordered_on BETWEEN date_trunc('month', %(on)s::date)::date AND %(on)s
GROUP BY o.customer_id;
CREATE UNIQUE INDEX ON night_month (customer_id);
ANALYZE night_month;

DELETE FROM segmentation_runsum WHERE run_id = %(run)s;
INSERT INTO segmentation_runsum (run_id, owner_id, team_id, channel_id, tier_scheme, tier, tier_before, lifecycle,
                                 customers, repeat_customers, active_customers, warned, revenue, month_revenue)
SELECT %(run)s, c.owner_id, c.team_id, c.channel_id, i.tier_scheme, i.tier, COALESCE(b.tier, ''), i.lifecycle,
       count(*), count(*) FILTER (WHERE i.frequency >= 2), count(*) FILTER (WHERE i.frequency >= 1),
       count(*) FILTER (WHERE i.warning <> %(warn_none)s), sum(i.monetary), COALESCE(sum(month.net), 0)
FROM segmentation_scoreinterval i
JOIN customers_customer c ON c.id = i.customer_id AND c.deleted_at IS NULL
LEFT JOIN segmentation_scoreinterval b ON b.customer_id = i.customer_id
    AND b.valid_from <= %(month_end)s AND (b.valid_to IS NULL OR b.valid_to >= %(month_end)s)
LEFT JOIN night_month month ON month.customer_id = i.customer_id
WHERE i.valid_from <= %(on)s AND (i.valid_to IS NULL OR i.valid_to >= %(on)s)
GROUP BY c.owner_id, c.team_id, c.channel_id, i.tier_scheme, i.tier, COALESCE(b.tier, ''), i.lifecycle;
