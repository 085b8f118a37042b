-- Today's lists read these columns; only rows that differ are written. First, last and number of orders are written
-- by the orders' own services. Who has no open case isn't warned: a person may have closed it since. A customer without a facts row gets them here once.
DROP TABLE IF EXISTS night_facts;
CREATE TEMP TABLE night_facts ON COMMIT DROP AS
SELECT s.customer_id, s.tier, COALESCE(t.rank, %(unrated_rank)s)::smallint AS tier_rank, s.lifecycle, s.r, s.f, s.m, s.segment8, s.group5,
       s.frequency, s.monetary, CASE WHEN c.id IS NULL THEN %(warn_none)s ELSE s.warning END AS warning, c.value_at_risk
FROM night_scores s
LEFT JOIN segmentation_tier t ON t.scheme = s.tier_scheme AND t.code = s.tier
LEFT JOIN segmentation_churncase c ON c.customer_id = s.customer_id AND c.closed_at IS NULL;
CREATE UNIQUE INDEX ON night_facts (customer_id);
ANALYZE night_facts;

UPDATE customers_customerfacts f
SET tier = n.tier, tier_rank = n.tier_rank, lifecycle = n.lifecycle, r = n.r, f = n.f, m = n.m, segment8 = n.segment8,
    group5 = n.group5, frequency = n.frequency, monetary = n.monetary, warning = n.warning,
    value_at_risk = n.value_at_risk
FROM night_facts n
WHERE n.customer_id = f.customer_id
  AND (f.tier, f.tier_rank, f.lifecycle, f.r, f.f, f.m, f.segment8, f.group5, f.frequency, f.monetary, f.warning,
       f.value_at_risk)
      IS DISTINCT FROM
      (n.tier, n.tier_rank, n.lifecycle, n.r, n.f, n.m, n.segment8, n.group5, n.frequency, n.monetary, n.warning,
       n.value_at_risk);

DROP TABLE IF EXISTS night_bought;
CREATE TEMP TABLE night_bought ON COMMIT DROP AS
SELECT customer_id, min(day) AS first_on, max(day) AS last_on, sum(bought) AS orders
FROM night_days WHERE bought > 0 GROUP BY customer_id;
CREATE UNIQUE INDEX ON night_bought (customer_id);
ANALYZE night_bought;

INSERT INTO customers_customerfacts (customer_id, tier, tier_rank, lifecycle, r, f, m, segment8, group5, frequency,
                                     monetary, warning, value_at_risk, first_order_on, last_order_on, orders_total,
                                     last_contact_kind, touches, open_complaints)
SELECT n.*, o.first_on, o.last_on, COALESCE(o.orders, 0)::int, '', 0, 0
FROM (
    SELECT customer_id, tier, tier_rank, lifecycle, r, f, m, segment8, group5, frequency, monetary, warning, value_at_risk
    FROM night_facts
    WHERE NOT EXISTS (SELECT 1 FROM customers_customerfacts f WHERE f.customer_id = night_facts.customer_id)
) n
LEFT JOIN night_bought o ON o.customer_id = n.customer_id
ON CONFLICT (customer_id) DO NOTHING;
