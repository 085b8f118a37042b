-- How sales are spread: customers with net sales above zero as of the run of `on`, by the step of `edges` (ascending,
-- in minor units) that their sales reach. Scores alone are read, no order; customers count where they are now.
INSERT INTO segmentation_amountsum (run_id, step, owner_id, team_id, channel_id, tier_scheme, customers, revenue)
SELECT %(run)s, width_bucket(i.monetary, %(edges)s::bigint[]), c.owner_id, c.team_id, c.channel_id, i.tier_scheme,
       count(*)::int, sum(i.monetary)::bigint
FROM segmentation_scoreinterval i
JOIN customers_customer c ON c.id = i.customer_id AND c.deleted_at IS NULL
WHERE i.valid_from <= %(on)s AND (i.valid_to IS NULL OR i.valid_to >= %(on)s) AND i.monetary > 0
GROUP BY 2, c.owner_id, c.team_id, c.channel_id, i.tier_scheme;
