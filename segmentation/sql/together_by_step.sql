-- The same of sums that stand in arrays beside that of `steps`, which is ascending.
DELETE FROM {table} WHERE level > %(owner)s AND {where};
INSERT INTO {table} (level, team_id, {by}, {steps}, {added})
SELECT level, team_id, {by}, array_agg({steps} ORDER BY {steps}), {arrays}
FROM (
    SELECT CASE GROUPING(s.team_id) WHEN 0 THEN %(team)s ELSE %(everybody)s END AS level, s.team_id, {s.by}, u.{steps},
           {sums}
    FROM {table} s
    CROSS JOIN LATERAL unnest(s.{steps}, {s.added}) AS u ({steps}, {added})
    WHERE s.level = %(owner)s AND {where}
    GROUP BY GROUPING SETS ((s.team_id, {s.by}, u.{steps}), ({s.by}, u.{steps}))
) added
GROUP BY level, team_id, {by};
