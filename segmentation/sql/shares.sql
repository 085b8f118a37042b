-- What the sums count of each customer of night_subjects; only rows that differ are written. tier_before: at the run
-- that stands for the month end before (`month_end`, NULL = none yet). Bands of potential begin at `high` and `mid`.
INSERT INTO segmentation_sumshare (customer_id, {shares})
SELECT n.customer_id, {n.shares}
FROM (
    SELECT s.customer_id, s.owner_id, s.team_id, s.channel_id, s.tier_scheme, s.tier,
           COALESCE(b.tier, '') AS tier_before, s.lifecycle, s.warning, s.r IS NOT NULL AS scored,
           LEAST(s.frequency, 2) AS purchases, s.monetary AS revenue, COALESCE(t.of_month, 0) AS month_revenue,
           COALESCE(t.orders_of_month, 0) AS month_orders, s.amount_class,
           CASE WHEN g.potential >= %(high)s THEN 'high' WHEN g.potential >= %(mid)s THEN 'mid'
                WHEN g.potential IS NOT NULL THEN 'low' ELSE '' END AS potential
    FROM night_scores s
    JOIN night_standing g ON g.customer_id = s.customer_id
    LEFT JOIN night_totals t ON t.customer_id = s.customer_id
    LEFT JOIN segmentation_scoreinterval b ON b.customer_id = s.customer_id
        AND b.valid_from <= %(month_end)s AND (b.valid_to IS NULL OR b.valid_to >= %(month_end)s)
) n
LEFT JOIN segmentation_sumshare k ON k.customer_id = n.customer_id
WHERE k.customer_id IS NULL OR ({k.shares}) IS DISTINCT FROM ({n.shares})
ON CONFLICT (customer_id) DO UPDATE SET ({shares}) = ROW ({excluded.shares});

-- Who has gone to the bin or for good is counted no more.
DELETE FROM segmentation_sumshare k USING {noted} n
WHERE k.customer_id = n.customer_id AND NOT EXISTS (
    SELECT 1 FROM customers_customer c WHERE c.id = n.customer_id AND c.deleted_at IS NULL);
