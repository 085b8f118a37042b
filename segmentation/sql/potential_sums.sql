-- What the grid of value and potential adds up: the last run, grouped by owner, channel, class of amount and band of
-- potential. Of no other run: potential is known of today alone.
DELETE FROM segmentation_potentialsum;
INSERT INTO segmentation_potentialsum (run_id, owner_id, team_id, channel_id, tier_scheme, amount_class, potential,
                                       customers, revenue)
SELECT %(run)s, owner_id, team_id, channel_id, tier_scheme, amount_class, potential, count(*), sum(revenue)
FROM segmentation_sumshare
GROUP BY owner_id, team_id, channel_id, tier_scheme, amount_class, potential;
