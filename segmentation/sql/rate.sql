-- Tiers by sets that look at further scores: of whom `scores.sql` has left them open, now that night_standing is there.
UPDATE night_scores n
SET rated_tier = w.rated_tier, tier = COALESCE(n.tier, w.rated_tier)
FROM (
    SELECT s.customer_id, {rating}::varchar(20) AS rated_tier
    FROM night_scores s
    JOIN night_standing g ON g.customer_id = s.customer_id
    JOIN customers_customer c ON c.id = s.customer_id
    WHERE s.rated_tier IS NULL
) w
WHERE w.customer_id = n.customer_id;
