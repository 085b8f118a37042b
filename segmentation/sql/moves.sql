-- Tier moves of the run as of `on` against the run as of `previous`: one row each, none for unchanged customers.
-- `rules`: the number of a new rule set that moved who would have stayed by the former one; tiers set by hand aside.
DROP TABLE IF EXISTS night_tier_moves;
CREATE TEMP TABLE night_tier_moves ON COMMIT DROP AS
SELECT now.customer_id, now.tier_scheme, before.tier AS tier_before, now.tier AS tier_after, now.r, now.f, now.m,
       COALESCE(tn.rank, %(unrated_rank)s) < COALESCE(tb.rank, %(unrated_rank)s) AS up,
       CASE WHEN now.tier_scheme = before.tier_scheme AND now.tier = now.rated_tier AND before.tier = before.rated_tier
                 AND (now.r IS NULL OR f.tier = before.tier) THEN
           CASE now.tier_scheme WHEN %(scheme_b2b)s THEN %(rules_b2b)s::int ELSE %(rules_b2c)s::int END END AS rules
FROM segmentation_scoreinterval now
JOIN segmentation_scoreinterval before ON before.customer_id = now.customer_id
    AND before.valid_from <= %(previous)s AND (before.valid_to IS NULL OR before.valid_to >= %(previous)s)
LEFT JOIN night_former f ON f.customer_id = now.customer_id
LEFT JOIN segmentation_tier tn ON tn.scheme = now.tier_scheme AND tn.code = now.tier
LEFT JOIN segmentation_tier tb ON tb.scheme = before.tier_scheme AND tb.code = before.tier
-- Whose interval is older than that run has not moved since.
WHERE now.valid_from <= %(on)s AND now.valid_from > %(previous)s AND (now.valid_to IS NULL OR now.valid_to >= %(on)s)
  AND now.tier <> before.tier;
ANALYZE night_tier_moves;
DELETE FROM segmentation_tiermove mv WHERE mv.run_id = %(run)s AND NOT EXISTS (
    SELECT 1 FROM night_tier_moves n WHERE n.customer_id = mv.customer_id AND n.tier_scheme = mv.tier_scheme
      AND n.tier_before = mv.tier_before AND n.tier_after = mv.tier_after);
INSERT INTO segmentation_tiermove AS mv
    (customer_id, run_id, "on", tier_scheme, tier_before, tier_after, up, r, f, m, rules)
SELECT customer_id, %(run)s, %(on)s, tier_scheme, tier_before, tier_after, up, r, f, m, rules FROM night_tier_moves
-- Of who wasn't computed anew it stays as it was found.
ON CONFLICT (customer_id, run_id) DO UPDATE SET rules = EXCLUDED.rules
WHERE %(own)s AND mv.rules IS DISTINCT FROM EXCLUDED.rules
  AND EXISTS (SELECT 1 FROM night_scores s WHERE s.customer_id = EXCLUDED.customer_id);
