-- Hold the facts of those whose tier by hand is about to end, as who sets or ends one does (retired.sql).
SELECT f.customer_id FROM customers_customerfacts f
WHERE f.customer_id IN (
    SELECT o.customer_id FROM segmentation_tieroverride o
    WHERE o.ended_at IS NULL
      AND o.tier <> ALL(CASE o.tier_scheme WHEN %(scheme_b2b)s THEN %(tiers_b2b)s ELSE %(tiers_b2c)s END))
ORDER BY f.customer_id FOR NO KEY UPDATE;
