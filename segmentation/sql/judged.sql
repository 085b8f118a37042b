-- What this night says of its customers for the facts, before tiers by hand and cases.
SELECT s.customer_id, s.tier_scheme, s.rated_tier, s.warning AS level, {s.scored}, {g.further},
       s.last_on AS rated_order_on, s.frequency_class, s.amount_class
FROM night_scores s
JOIN night_standing g ON g.customer_id = s.customer_id
