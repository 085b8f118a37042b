-- Tiers set by hand that the set in force doesn't have end; `hold_retired.sql` has locked the facts of their customers.
UPDATE segmentation_tieroverride o
SET ended_at = %(now)s
WHERE o.ended_at IS NULL
  AND o.tier <> ALL(CASE o.tier_scheme WHEN %(scheme_b2b)s THEN %(tiers_b2b)s ELSE %(tiers_b2c)s END);
