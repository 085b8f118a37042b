-- Who bought again, of few: what they counted for is taken off the sums, what they count for now comes to them.
DROP TABLE IF EXISTS cohort_change;
CREATE TEMP TABLE cohort_change ON COMMIT DROP AS
SELECT -1 AS n, k.owner_id, k.team_id, k.channel_id, k.tier_scheme, k.first, k.months
FROM cohort_whom w JOIN segmentation_cohortshare k ON k.customer_id = w.customer_id
UNION ALL
SELECT 1, owner_id, team_id, channel_id, tier_scheme, first, months FROM cohort_new;

INSERT INTO segmentation_cohortsum AS known
    (grain, cohort, bought, owner_id, team_id, channel_id, tier_scheme, customers)
{cells}
ON CONFLICT (grain, cohort, bought, owner_id, team_id, channel_id, tier_scheme, level)
DO UPDATE SET customers = known.customers + excluded.customers;
DELETE FROM segmentation_cohortsum WHERE customers = 0;

DELETE FROM segmentation_cohortshare k USING cohort_whom w
WHERE k.customer_id = w.customer_id
  AND NOT EXISTS (SELECT 1 FROM cohort_new n WHERE n.customer_id = w.customer_id);
INSERT INTO segmentation_cohortshare AS known
    (customer_id, owner_id, team_id, channel_id, tier_scheme, first, months)
SELECT customer_id, owner_id, team_id, channel_id, tier_scheme, first, months FROM cohort_new
ON CONFLICT (customer_id) DO UPDATE
SET owner_id = excluded.owner_id, team_id = excluded.team_id, channel_id = excluded.channel_id,
    tier_scheme = excluded.tier_scheme, first = excluded.first, months = excluded.months
WHERE (known.owner_id, known.team_id, known.channel_id, known.tier_scheme, known.months)
    IS DISTINCT FROM (excluded.owner_id, excluded.team_id, excluded.channel_id, excluded.tier_scheme, excluded.months);

-- Months and quarters that no page shows any more.
DELETE FROM segmentation_cohortsum
WHERE cohort < CASE grain WHEN %(months)s THEN %(months_begin)s::date ELSE %(quarters_begin)s::date END;
