SELECT l.place, l.sku AS name FROM {orders} o JOIN {lines} l ON l.number = o.number AND l.error IS NULL
WHERE o.action <> 'same' AND l.sku IS NOT NULL AND NOT EXISTS (SELECT FROM sales_product p WHERE p.sku = l.sku)
