-- One and the same amount for different goods: perhaps the order's total on each line.
SELECT min(place) AS place, NULL AS name FROM {lines} WHERE error IS NULL
GROUP BY number HAVING count(*) > 1 AND min(amount) = max(amount) AND min(amount) <> 0
    AND (min(quantity) <> max(quantity) OR min(product) <> max(product) OR min(sku) <> max(sku))
