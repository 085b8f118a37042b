-- An amount beside quantity and price that differs from what the two make.
WITH judged AS (
    SELECT number, count(*) AS lines, count(given) AS told, min(given) AS lowest, max(given) AS highest
    FROM {lines} WHERE number IN (SELECT number FROM {lines} WHERE given <> amount) GROUP BY number
), reasons AS (
    SELECT l.row_no, CASE WHEN j.lines > 1 AND j.told = 1 THEN %(once)s
                          WHEN j.lines > 1 AND j.told = j.lines AND j.lowest = j.highest THEN %(every)s
                          WHEN l.given <> l.amount THEN %(line)s END AS reason,
           round(CASE WHEN j.lines > 1 AND j.told = 1 THEN j.lowest ELSE l.given END, %(digits)s) AS given
    FROM judged j JOIN {lines} l ON l.number = j.number
)
UPDATE {lines} l
SET error = replace(replace(r.reason, '{amount}', r.given::text), '{product}',
                    round(l.amount, %(digits)s)::text)
FROM reasons r WHERE r.row_no = l.row_no AND r.reason IS NOT NULL AND l.error IS NULL;
