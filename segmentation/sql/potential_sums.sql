-- What the grid of value and potential adds up: the last run, grouped by owner, channel, class of amount and band of
-- potential. Of all customers that have a score of it, and of no other run: potential is known of today alone.
DELETE FROM segmentation_potentialsum;
INSERT INTO segmentation_potentialsum (run_id, owner_id, team_id, channel_id, tier_scheme, amount_class, potential,
                                       customers, revenue)
SELECT %(run)s, c.owner_id, c.team_id, c.channel_id, i.tier_scheme, f.amount_class,
       CASE WHEN f.potential >= %(high)s THEN 'high' WHEN f.potential >= %(mid)s THEN 'mid'
            WHEN f.potential IS NOT NULL THEN 'low' ELSE '' END AS band,
       count(*), sum(i.monetary)
FROM segmentation_scoreinterval i
JOIN customers_customer c ON c.id = i.customer_id AND c.deleted_at IS NULL
JOIN customers_customerfacts f ON f.customer_id = i.customer_id
WHERE i.valid_to IS NULL
GROUP BY c.owner_id, c.team_id, c.channel_id, i.tier_scheme, f.amount_class, band;
