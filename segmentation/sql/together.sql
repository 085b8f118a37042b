-- Of the sums of owners what they come to by team, and all together.
DELETE FROM {table} WHERE level > %(owner)s AND {where};
INSERT INTO {table} (level, team_id, {by}, {added})
SELECT CASE GROUPING(team_id) WHEN 0 THEN %(team)s ELSE %(everybody)s END, team_id, {by}, {sums}
FROM {table}
WHERE level = %(owner)s AND {where}
GROUP BY GROUPING SETS ((team_id, {by}), ({by}));
