-- Who bought again, of everybody: the sums of cohort_new and whose months they are.
DELETE FROM segmentation_cohortshare;
INSERT INTO segmentation_cohortshare (customer_id, owner_id, team_id, channel_id, tier_scheme, first, months)
SELECT customer_id, owner_id, team_id, channel_id, tier_scheme, first, months FROM cohort_new;
DELETE FROM segmentation_cohortsum;
INSERT INTO segmentation_cohortsum (grain, cohort, bought, owner_id, team_id, channel_id, tier_scheme, customers)
{cells};
