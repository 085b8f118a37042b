-- The rows of a comparison, as they were counted; only those that differ are written.
UPDATE night_compared k SET complained = TRUE
FROM night_effect_given g WHERE g.customer_id = k.customer_id AND g.code = %(complained)s AND g.n > 0;

UPDATE night_compared k SET answered = TRUE, satisfied = g.hits = g.n
FROM night_effect_given g WHERE g.customer_id = k.customer_id AND g.code = %(answered)s AND g.n > 0;

UPDATE night_compared k SET capped = least(greatest(k.revenue, c.low), c.high)
FROM (
    SELECT tier_scheme, tier, percentile_disc(0.05) WITHIN GROUP (ORDER BY revenue) AS low,
           percentile_disc(0.95) WITHIN GROUP (ORDER BY revenue) AS high
    FROM night_compared GROUP BY tier_scheme, tier
) c
WHERE (c.tier_scheme, c.tier) = (k.tier_scheme, k.tier);

DELETE FROM segmentation_compared r
WHERE r.comparison_id = %(comparison)s
  AND NOT EXISTS (SELECT FROM night_compared k WHERE (k.customer_id, k.treated) = (r.customer_id, r.treated));

INSERT INTO segmentation_compared AS r ({compared})
SELECT %(comparison)s, {k.counted} FROM night_compared k
ON CONFLICT (comparison_id, customer_id) DO UPDATE SET ({counted}) = ROW ({EXCLUDED.counted})
WHERE ({r.counted}) IS DISTINCT FROM ({EXCLUDED.counted});

UPDATE segmentation_compared r SET partner_id = o.id
FROM night_compared k
JOIN night_compared p ON p.pair = k.pair AND p.treated <> k.treated
JOIN segmentation_compared o ON o.comparison_id = %(comparison)s AND o.customer_id = p.customer_id
WHERE r.comparison_id = %(comparison)s AND r.customer_id = k.customer_id AND r.partner_id IS DISTINCT FROM o.id;
