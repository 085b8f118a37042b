-- Today's lists read these columns; only rows that differ are written. First, last and number of orders are written
-- by the orders' own services. Who has no open case isn't warned: a person may have closed it since.
DROP TABLE IF EXISTS night_facts;
CREATE TEMP TABLE night_facts ON COMMIT DROP AS
SELECT customer_id, {facts}
FROM (
    SELECT s.customer_id, {s.scored}, COALESCE(t.rank, %(unrated_rank)s)::smallint AS tier_rank,
           CASE WHEN c.id IS NULL THEN %(warn_none)s ELSE s.warning END AS warning, c.value_at_risk,
           CASE WHEN s.purchase_days >= %(often)s THEN 'high' WHEN s.purchase_days >= %(now_and_then)s THEN 'mid'
                WHEN s.purchase_days > 0 THEN 'low' ELSE '' END AS frequency_class,
           CASE WHEN s.monetary > 0 AND %(large)s::bigint IS NOT NULL AND %(mid)s::bigint IS NOT NULL THEN
                CASE WHEN s.monetary >= %(large)s::bigint THEN 'large'
                     WHEN s.monetary >= %(mid)s::bigint THEN 'mid' ELSE 'small' END
                ELSE '' END AS amount_class
    FROM night_scores s
    LEFT JOIN segmentation_tier t ON t.scheme = s.tier_scheme AND t.code = s.tier
    LEFT JOIN segmentation_churncase c ON c.customer_id = s.customer_id AND c.closed_at IS NULL
) found;
CREATE UNIQUE INDEX ON night_facts (customer_id);
ANALYZE night_facts;

UPDATE customers_customerfacts f
SET ({facts}) = ROW ({n.facts})
FROM night_facts n
WHERE n.customer_id = f.customer_id AND ({f.facts}) IS DISTINCT FROM ({n.facts});

-- A customer without a facts row gets it here once, with what its orders say.
DROP TABLE IF EXISTS night_bought;
CREATE TEMP TABLE night_bought ON COMMIT DROP AS
SELECT customer_id, min(day) AS first_order_on, max(day) AS last_order_on, sum(bought) AS orders_total
FROM night_days WHERE bought > 0 GROUP BY customer_id;
CREATE UNIQUE INDEX ON night_bought (customer_id);
ANALYZE night_bought;

INSERT INTO customers_customerfacts (customer_id, {facts}, first_order_on, last_order_on, orders_total,
                                     revisits_from, {others})
SELECT n.customer_id, {n.facts}, o.first_order_on, o.last_order_on, COALESCE(o.orders_total, 0)::int,
       o.first_order_on, {others_empty}
FROM night_facts n
LEFT JOIN night_bought o ON o.customer_id = n.customer_id
WHERE NOT EXISTS (SELECT 1 FROM customers_customerfacts f WHERE f.customer_id = n.customer_id)
ON CONFLICT (customer_id) DO NOTHING;
