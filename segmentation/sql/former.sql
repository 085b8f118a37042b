-- What tonight's numbers would give by the rule sets of the run before, of customers whose scheme has another one now.
DROP TABLE IF EXISTS night_former;
CREATE TEMP TABLE night_former ON COMMIT DROP AS
SELECT s.customer_id, {rating}::varchar(20) AS tier
FROM night_scores s
JOIN customers_customer c ON c.id = s.customer_id
{standing}
WHERE s.r IS NOT NULL AND s.tier_scheme = ANY(%(schemes)s);
CREATE UNIQUE INDEX ON night_former (customer_id);
ANALYZE night_former;
