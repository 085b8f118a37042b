-- What became of the customers of each tier, added up for a month.
INSERT INTO segmentation_effectpart (month_id, code, owner_id, team_id, channel_id, tier_scheme, tier, standing,
                                     customers, n, hits)
SELECT %(month)s, g.code, e.owner_id, e.team_id, e.channel_id, e.tier_scheme, e.tier, e.standing,
       count(DISTINCT g.customer_id)::int, sum(g.n)::int, sum(g.hits)::int
FROM night_effect_given g
JOIN night_effect e ON e.customer_id = g.customer_id
GROUP BY g.code, e.owner_id, e.team_id, e.channel_id, e.tier_scheme, e.tier, e.standing;

INSERT INTO segmentation_effectsum (month_id, owner_id, team_id, channel_id, tier_scheme, tier, standing, customers,
                                    rated, high, had_bought, lost, buyers, orders, revenue, usual, costed,
                                    margin)
SELECT %(month)s, owner_id, team_id, channel_id, tier_scheme, tier, standing, count(*)::int,
       (count(*) FILTER (WHERE rated))::int, (count(*) FILTER (WHERE high))::int,
       (count(*) FILTER (WHERE had_bought))::int, (count(*) FILTER (WHERE had_bought AND is_lost))::int,
       (count(*) FILTER (WHERE orders > 0))::int, sum(orders)::int, sum(revenue)::bigint, round(sum(usual))::bigint,
       sum(costed)::bigint, sum(margin)::bigint
FROM night_effect
GROUP BY owner_id, team_id, channel_id, tier_scheme, tier, standing;
