-- What dashboards add up: the run as of `on`, grouped by owner, channel, tier and the tier at the month end before
-- (`month_end`: the run that stands for it, NULL = none yet). Each part reads stored tables only, so that several
-- processes of the server can work at it.
DROP TABLE IF EXISTS night_sums;
CREATE TEMP TABLE night_sums ON COMMIT DROP AS
SELECT c.owner_id, c.team_id, c.channel_id, i.tier_scheme, i.tier, COALESCE(b.tier, '') AS tier_before, i.lifecycle,
       count(*) AS customers, count(*) FILTER (WHERE i.frequency >= 2) AS repeat_customers,
       count(*) FILTER (WHERE i.frequency >= 1) AS active_customers,
       count(*) FILTER (WHERE i.warning <> %(warn_none)s) AS warned, count(*) FILTER (WHERE i.warning = %(warn_red)s) AS red,
       count(i.r) AS scored, sum(i.monetary) AS revenue
FROM segmentation_scoreinterval i
JOIN customers_customer c ON c.id = i.customer_id AND c.deleted_at IS NULL
LEFT JOIN segmentation_scoreinterval b ON b.customer_id = i.customer_id
    AND b.valid_from <= %(month_end)s AND (b.valid_to IS NULL OR b.valid_to >= %(month_end)s)
WHERE i.valid_from <= %(on)s AND (i.valid_to IS NULL OR i.valid_to >= %(on)s)
GROUP BY c.owner_id, c.team_id, c.channel_id, i.tier_scheme, i.tier, COALESCE(b.tier, ''), i.lifecycle;

DROP TABLE IF EXISTS night_month;
CREATE TEMP TABLE night_month ON COMMIT DROP AS
SELECT c.owner_id, c.team_id, c.channel_id, i.tier_scheme, i.tier, COALESCE(b.tier, '') AS tier_before, i.lifecycle,
       sum(month.net) AS net
FROM (
    SELECT o.customer_id, sum(o.amount) AS net FROM sales_order o
    WHERE o.deleted_at IS NULL AND o.state = %(order_completed)s AND o.customer_id IS NOT NULL
      AND o.ordered_on BETWEEN date_trunc('month', %(on)s::date)::date AND %(on)s
    GROUP BY o.customer_id
) month
JOIN segmentation_scoreinterval i ON i.customer_id = month.customer_id
    AND i.valid_from <= %(on)s AND (i.valid_to IS NULL OR i.valid_to >= %(on)s)
JOIN customers_customer c ON c.id = i.customer_id AND c.deleted_at IS NULL
LEFT JOIN segmentation_scoreinterval b ON b.customer_id = i.customer_id
    AND b.valid_from <= %(month_end)s AND (b.valid_to IS NULL OR b.valid_to >= %(month_end)s)
GROUP BY c.owner_id, c.team_id, c.channel_id, i.tier_scheme, i.tier, COALESCE(b.tier, ''), i.lifecycle;

DELETE FROM segmentation_runsum WHERE run_id = %(run)s;
INSERT INTO segmentation_runsum (run_id, owner_id, team_id, channel_id, tier_scheme, tier, tier_before, lifecycle,
                                 customers, repeat_customers, active_customers, warned, revenue, month_revenue)
SELECT %(run)s, s.owner_id, s.team_id, s.channel_id, s.tier_scheme, s.tier, s.tier_before, s.lifecycle,
       s.customers, s.repeat_customers, s.active_customers, s.warned, s.revenue, COALESCE(m.net, 0)
FROM night_sums s
LEFT JOIN night_month m ON m.tier = s.tier AND m.tier_scheme = s.tier_scheme AND m.tier_before = s.tier_before
    AND m.lifecycle = s.lifecycle AND COALESCE(m.owner_id, 0) = COALESCE(s.owner_id, 0)
    AND COALESCE(m.team_id, 0) = COALESCE(s.team_id, 0) AND COALESCE(m.channel_id, 0) = COALESCE(s.channel_id, 0);
