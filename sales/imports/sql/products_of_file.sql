-- Products that lines of this file name and that are stored by now.
SELECT p.id FROM sales_product p WHERE p.sku IN (
    SELECT DISTINCT l.sku FROM {lines} l JOIN {orders} o ON o.number = l.number
    WHERE l.sku IS NOT NULL AND l.error IS NULL AND o.action <> 'same');
