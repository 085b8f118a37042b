-- A month has begun since the last run: what stood then is what stood at its end, and nothing is sold yet. Whoever has
-- ordered in the new month is computed tonight.
UPDATE segmentation_sumshare SET tier_before = tier, month_revenue = 0, month_orders = 0
WHERE tier_before <> tier OR month_revenue <> 0 OR month_orders <> 0;
