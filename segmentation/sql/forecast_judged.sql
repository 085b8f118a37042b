-- What became of them: whether an order that is no return followed up to `until`, nobody knows of who was merged or
-- removed; and whose they are now. Only what differs is written.
UPDATE segmentation_forecastrow r
SET bought = f.bought, owner = f.owner
FROM (
    SELECT row.id, c.owner_id AS owner, CASE WHEN c.deleted_at IS NULL THEN o.customer_id IS NOT NULL END AS bought
    FROM segmentation_forecastrow row
    JOIN customers_customer c ON c.id = row.customer_id
    LEFT JOIN (
        SELECT DISTINCT customer_id FROM sales_order
        WHERE deleted_at IS NULL AND state = %(order_completed)s AND kind = %(order_kind_purchase)s
          AND ordered_on > %(as_of)s AND ordered_on <= %(until)s
    ) o ON o.customer_id = row.customer_id
    WHERE row.forecast_id = %(forecast)s
) f
WHERE r.id = f.id AND (r.bought, r.owner) IS DISTINCT FROM (f.bought, f.owner);
