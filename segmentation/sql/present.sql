-- Facts as they are to stand now. Who has no open case isn't warned: a person may have closed it since;
-- and the tier is the one that was set by hand, if one stands today.
SELECT v.customer_id, v.tier_scheme, v.rated_tier, v.level, {v.own}, COALESCE(o.tier, v.rated_tier) AS tier,
       COALESCE(t.rank, %(unrated_rank)s)::smallint AS tier_rank,
       CASE WHEN c.id IS NULL THEN %(warn_none)s ELSE v.level END AS warning, c.value_at_risk
FROM ({said}) v
LEFT JOIN segmentation_tieroverride o ON o.customer_id = v.customer_id AND o.ended_at IS NULL
    AND o.expires_on >= %(today)s AND o.tier_scheme = v.tier_scheme
LEFT JOIN segmentation_tier t ON t.scheme = v.tier_scheme AND t.code = COALESCE(o.tier, v.rated_tier)
LEFT JOIN segmentation_churncase c ON c.customer_id = v.customer_id AND c.closed_at IS NULL
