-- What the page says beside the figures of a tier: up to which amounts sales count, and how near the pairs are.
SELECT s.tier_scheme || ':' || s.tier,
       jsonb_strip_nulls(jsonb_build_object(
           'from', min(k.capped), 'upto', max(k.capped),
           'percent', round(avg(s.percent) FILTER (WHERE s.treated), 1),
           'other_percent', round(avg(s.percent) FILTER (WHERE NOT s.treated), 1),
           'monetary', round(avg(s.monetary) FILTER (WHERE s.treated)),
           'other_monetary', round(avg(s.monetary) FILTER (WHERE NOT s.treated))))
FROM night_sides s JOIN night_compared k ON k.customer_id = s.customer_id
GROUP BY s.tier_scheme, s.tier;
