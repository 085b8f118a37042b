-- Customers (n each) by the month and by the quarter of their first purchase, and those in which they bought since.
SELECT grain, make_date(cohort * size / 12, cohort * size %% 12 + 1, 1),
       make_date(step * size / 12, step * size %% 12 + 1, 1), owner_id, team_id, channel_id, tier_scheme, sum(n)::int
FROM (
    SELECT %(months)s AS grain, 1 AS size, s.n, s.owner_id, s.team_id, s.channel_id, s.tier_scheme,
           s.first::int AS cohort, bought.step::int AS step
    FROM {of} s
    CROSS JOIN LATERAL unnest(s.months) AS bought(step)
    WHERE s.first >= %(months_from)s AND bought.step < s.first + %(months_shown)s
    UNION ALL
    SELECT %(quarters)s, 3, s.n, s.owner_id, s.team_id, s.channel_id, s.tier_scheme, s.first / 3, bought.step
    FROM {of} s
    CROSS JOIN LATERAL (SELECT DISTINCT month / 3 FROM unnest(s.months) AS month) AS bought(step)
    WHERE s.first / 3 >= %(quarters_from)s AND bought.step < s.first / 3 + %(quarters_shown)s
) cells
GROUP BY grain, size, cohort, step, owner_id, team_id, channel_id, tier_scheme
HAVING sum(n) <> 0
