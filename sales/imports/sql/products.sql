-- Its commonest name, its latest price. Products that people keep are left alone but for what they lack.
WITH sold AS (
    SELECT l.sku, mode() WITHIN GROUP (ORDER BY l.product) AS name,
           (array_agg(l.unit_price ORDER BY l.ordered_at DESC, l.row_no DESC)
            FILTER (WHERE l.quantity > 0 AND l.unit_price > 0))[1] AS unit_price,
           (array_agg(l.unit_cost ORDER BY l.ordered_at DESC, l.row_no DESC)
            FILTER (WHERE l.unit_cost IS NOT NULL))[1] AS unit_cost
    FROM {lines} l JOIN {orders} o ON o.number = l.number
    WHERE l.sku IS NOT NULL AND l.error IS NULL AND o.action <> 'same'
    GROUP BY l.sku
)
INSERT INTO sales_product AS p (sku, name, unit_price, unit_cost, flag, is_active)
SELECT sku, COALESCE(name, sku), {price}, {price_cost},
       CASE WHEN upper(sku) = ANY(%(fees)s) OR name = ANY(%(fees)s) THEN %(flag_fee)s
            WHEN upper(sku) = ANY(%(discounts)s) OR name = ANY(%(discounts)s) THEN %(flag_discount)s
            ELSE %(flag_none)s END, true
FROM sold ORDER BY sku
ON CONFLICT (sku) DO UPDATE
SET name = CASE WHEN p.name = p.sku THEN excluded.name ELSE p.name END,
    unit_price = COALESCE(p.unit_price, excluded.unit_price), unit_cost = COALESCE(p.unit_cost, excluded.unit_cost)
WHERE (p.name = p.sku AND excluded.name <> p.sku) OR (p.unit_price IS NULL AND excluded.unit_price IS NOT NULL)
   OR (p.unit_cost IS NULL AND excluded.unit_cost IS NOT NULL);
