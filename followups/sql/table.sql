-- The cadence table spelled out: for every kind of customer the line that applies (followups/table.py).
DELETE FROM plan_table;
INSERT INTO plan_table (phase, scheme, tier, frequency, amount, shortest, longest, category, method, other_method,
                        content, policy)
SELECT * FROM unnest(
    %(phase)s::text[], %(scheme)s::text[], %(tier)s::text[], %(frequency)s::text[], %(amount)s::text[],
    %(shortest)s::int[], %(longest)s::int[], %(category)s::text[], %(method)s::text[], %(other_method)s::text[],
    %(content)s::text[], %(policy)s::text[]
) AS t(phase, scheme, tier, frequency, amount, shortest, longest, category, method, other_method, content, policy);
ANALYZE plan_table;
