-- The cadence table spelled out: for every kind of customer the line that applies (followups/cadence_table/table.py).
-- As one text, which takes half the time of an array for each column.
DELETE FROM plan_table;
INSERT INTO plan_table (phase, scheme, tier, frequency, amount, shortest, longest, category, method, other_method,
                        content, policy)
SELECT * FROM json_to_recordset(%(lines)s::json) AS t(
    phase text, scheme text, tier text, frequency text, amount text, shortest int, longest int, category text,
    method text, other_method text, content text, policy text
);
ANALYZE plan_table;
