-- An order moves a customer on; old orders that are entered late never take a running conversation back.
WITH last AS (
    SELECT f.customer_id, f.last_order_on AS on_day, f.last_order_on + %(days)s AS ends,
           f.last_order_on + %(days)s > %(today)s AS fresh
    FROM customers_customerfacts f
    WHERE f.customer_id = ANY(%(ids)s) AND f.last_order_on IS NOT NULL
)
UPDATE customers_customer c
SET stage = CASE WHEN l.fresh THEN %(stage_after_sale)s ELSE %(stage_long_term)s END,
    stage_since = CASE WHEN l.fresh THEN l.on_day ELSE l.ends END
FROM last l
WHERE c.id = l.customer_id AND c.stage <> %(stage_paused)s
  AND (c.stage = %(stage_first_contact)s OR c.stage_since IS NULL OR l.on_day >= c.stage_since)
  AND (c.stage, c.stage_since) IS DISTINCT FROM (
      CASE WHEN l.fresh THEN %(stage_after_sale)s ELSE %(stage_long_term)s END,
      CASE WHEN l.fresh THEN l.on_day ELSE l.ends END);
