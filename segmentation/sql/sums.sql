-- What dashboards add up: the run grouped by owner, channel, tier and the tier at the month end before. `of` gives what
-- is counted of each customer: SumShare, or the same as of a past run (shares_past.sql).
DROP TABLE IF EXISTS night_sums;
CREATE TEMP TABLE night_sums ON COMMIT DROP AS
SELECT owner_id, team_id, channel_id, tier_scheme, tier, tier_before, lifecycle,
       count(*) AS customers, count(*) FILTER (WHERE purchases >= 2) AS repeat_customers,
       count(*) FILTER (WHERE purchases >= 1) AS active_customers,
       count(*) FILTER (WHERE warning <> %(warn_none)s) AS warned,
       count(*) FILTER (WHERE warning = %(warn_red)s) AS red, count(*) FILTER (WHERE scored) AS scored,
       sum(revenue) AS revenue, sum(month_revenue) AS month_revenue,
       sum(month_orders) AS month_orders, count(*) FILTER (WHERE month_orders > 0) AS month_buyers
FROM {of} AS counted
GROUP BY owner_id, team_id, channel_id, tier_scheme, tier, tier_before, lifecycle;

DELETE FROM segmentation_runsum WHERE run_id = %(run)s;
INSERT INTO segmentation_runsum (run_id, owner_id, team_id, channel_id, tier_scheme, tier, tier_before, lifecycle,
                                 customers, repeat_customers, active_customers, warned, revenue, month_revenue,
                                 month_orders, month_buyers)
SELECT %(run)s, owner_id, team_id, channel_id, tier_scheme, tier, tier_before, lifecycle,
       customers, repeat_customers, active_customers, warned, revenue, month_revenue, month_orders,
       month_buyers
FROM night_sums;
