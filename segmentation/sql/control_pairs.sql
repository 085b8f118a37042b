-- Customers with an activity in a month beside others without one, of the same tier and nearly the same chance to buy
-- and sales as of the day before it (`begin`): first in narrow cells, then the rest in wider ones. Within a cell both
-- sides are sorted and paired, those of the larger one at even steps; nothing is drawn.
DROP TABLE IF EXISTS night_known, night_pairs, night_sides;
CREATE TEMP TABLE night_known ON COMMIT DROP AS
SELECT r.customer_id, r.tier_scheme, r.tier, COALESCE(r.percent, -1)::int AS percent,
       COALESCE(i.monetary, 0) AS monetary,
       CASE WHEN i.monetary > 0 THEN floor(ln(i.monetary::float8) * 10)::int ELSE -1 END AS near,
       CASE WHEN i.monetary > 0 THEN floor(ln(i.monetary::float8) * 2)::int ELSE -1 END AS around,
       a.customer_id IS NOT NULL AS treated
FROM segmentation_forecastrow r
JOIN customers_customer c ON c.id = r.customer_id AND c.deleted_at IS NULL
JOIN segmentation_scoreinterval i ON i.customer_id = r.customer_id
     AND i.valid_from <= %(begin)s AND (i.valid_to IS NULL OR i.valid_to >= %(begin)s)
LEFT JOIN (
    SELECT DISTINCT customer_id FROM customers_interaction
    WHERE deleted_at IS NULL AND NOT automatic AND direction <> %(direction_internal)s
      AND occurred_at >= %(treated_from)s AND occurred_at < %(treated_until)s
) a ON a.customer_id = r.customer_id
WHERE r.forecast_id = %(forecast)s;

CREATE TEMP TABLE night_pairs (treated_id bigint, control_id bigint) ON COMMIT DROP;
WITH placed AS (
    SELECT k.*, row_number() OVER (PARTITION BY tier_scheme, tier, percent, near, treated
                                   ORDER BY monetary, customer_id) AS n
    FROM night_known k
), cells AS (
    SELECT tier_scheme, tier, percent, near, count(*) FILTER (WHERE treated) AS ours,
           count(*) FILTER (WHERE NOT treated) AS others
    FROM night_known GROUP BY tier_scheme, tier, percent, near
), seats AS (
    SELECT c.*, (2 * k - 1) * ours / (2 * least(ours, others)) + 1 AS one,
           (2 * k - 1) * others / (2 * least(ours, others)) + 1 AS other
    FROM cells c CROSS JOIN LATERAL generate_series(1, least(ours, others)) AS k
)
INSERT INTO night_pairs
SELECT t.customer_id, o.customer_id
FROM seats s
JOIN placed t ON t.treated AND (t.tier_scheme, t.tier, t.percent, t.near, t.n)
                 = (s.tier_scheme, s.tier, s.percent, s.near, s.one)
JOIN placed o ON NOT o.treated AND (o.tier_scheme, o.tier, o.percent, o.near, o.n)
                 = (s.tier_scheme, s.tier, s.percent, s.near, s.other);

WITH rest AS (
    SELECT k.*, percent / 5 AS fives FROM night_known k
    WHERE NOT EXISTS (SELECT FROM night_pairs p WHERE k.customer_id IN (p.treated_id, p.control_id))
), placed AS (
    SELECT k.*, row_number() OVER (PARTITION BY tier_scheme, tier, fives, around, treated
                                   ORDER BY percent, monetary, customer_id) AS n
    FROM rest k
), cells AS (
    SELECT tier_scheme, tier, fives, around, count(*) FILTER (WHERE treated) AS ours,
           count(*) FILTER (WHERE NOT treated) AS others
    FROM rest GROUP BY tier_scheme, tier, fives, around
), seats AS (
    SELECT c.*, (2 * k - 1) * ours / (2 * least(ours, others)) + 1 AS one,
           (2 * k - 1) * others / (2 * least(ours, others)) + 1 AS other
    FROM cells c CROSS JOIN LATERAL generate_series(1, least(ours, others)) AS k
)
INSERT INTO night_pairs
SELECT t.customer_id, o.customer_id
FROM seats s
JOIN placed t ON t.treated AND (t.tier_scheme, t.tier, t.fives, t.around, t.n)
                 = (s.tier_scheme, s.tier, s.fives, s.around, s.one)
JOIN placed o ON NOT o.treated AND (o.tier_scheme, o.tier, o.fives, o.around, o.n)
                 = (s.tier_scheme, s.tier, s.fives, s.around, s.other);

CREATE TEMP TABLE night_sides ON COMMIT DROP AS
SELECT k.customer_id, k.tier_scheme, k.tier, k.treated, p.treated_id AS pair, k.percent, k.monetary
FROM night_pairs p JOIN night_known k ON k.customer_id IN (p.treated_id, p.control_id);
ANALYZE night_sides;
