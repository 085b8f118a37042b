-- The facts that differ from what stands, in parts which facts.sql writes one after the other, each in a transaction of
-- its own: nobody waits for a row longer than one part takes. Customers whose tier is or was set by hand come along in
-- any case: who ended one while this night computed has read the rated tier of the night before.
DROP TABLE IF EXISTS night_facts;
CREATE TEMP TABLE night_facts AS
SELECT n.customer_id, n.tier_scheme, n.rated_tier, n.level, {n.own},
       ((row_number() OVER (ORDER BY n.customer_id) - 1) / %(size)s)::int AS part
FROM ({present}) n
LEFT JOIN customers_customerfacts f ON f.customer_id = n.customer_id
WHERE f.customer_id IS NULL OR ({f.facts}) IS DISTINCT FROM ({n.facts})
   OR n.customer_id IN (SELECT customer_id FROM segmentation_tieroverride);
CREATE INDEX ON night_facts (part);
ANALYZE night_facts;
DROP TABLE night_scores, night_standing;
SELECT COALESCE(max(part) + 1, 0) FROM night_facts;
