-- A run about the past was published: the tiers at the month end before, as the intervals tell them now.
UPDATE segmentation_sumshare k SET tier_before = n.tier_before
FROM (
    SELECT s.customer_id, COALESCE(b.tier, '') AS tier_before
    FROM segmentation_sumshare s
    LEFT JOIN segmentation_scoreinterval b ON b.customer_id = s.customer_id
        AND b.valid_from <= %(month_end)s AND (b.valid_to IS NULL OR b.valid_to >= %(month_end)s)
) n
WHERE n.customer_id = k.customer_id AND n.tier_before <> k.tier_before;
