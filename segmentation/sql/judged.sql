-- What this night says of its customers for the facts, before tiers by hand and cases.
SELECT s.customer_id, s.tier_scheme, s.rated_tier, s.warning AS level, {s.scored}, {g.further},
       s.last_on AS rated_order_on,
       CASE WHEN s.purchase_days >= %(often)s THEN 'high' WHEN s.purchase_days >= %(now_and_then)s THEN 'mid'
            WHEN s.purchase_days > 0 THEN 'low' ELSE '' END AS frequency_class,
       CASE WHEN s.monetary > 0 AND %(large)s::bigint IS NOT NULL AND %(mid)s::bigint IS NOT NULL THEN
            CASE WHEN s.monetary >= %(large)s::bigint THEN 'large'
                 WHEN s.monetary >= %(mid)s::bigint THEN 'mid' ELSE 'small' END
            ELSE '' END AS amount_class
FROM night_scores s
JOIN night_standing g ON g.customer_id = s.customer_id
