-- The usual intervals as of a day, from what is stored of all customers: by tier, by scheme and of all.
DELETE FROM segmentation_usualgap WHERE kept_on = %(as_of)s;
INSERT INTO segmentation_usualgap (kept_on, "of", tier_scheme, tier, customers, low, middle, high)
SELECT %(as_of)s, %(repeat)s, COALESCE(i.tier_scheme, ''), COALESCE(i.tier, ''), count(*)::int,
       percentile_disc(0.25) WITHIN GROUP (ORDER BY r.middle), percentile_disc(0.5) WITHIN GROUP (ORDER BY r.middle),
       percentile_disc(0.75) WITHIN GROUP (ORDER BY r.middle)
FROM segmentation_buyingrhythm r
JOIN segmentation_scoreinterval i ON i.customer_id = r.customer_id AND i.valid_to IS NULL
JOIN customers_customer c ON c.id = r.customer_id AND c.deleted_at IS NULL
WHERE r.days > %(enough_gaps)s
GROUP BY GROUPING SETS ((i.tier_scheme, i.tier), (i.tier_scheme), ())
HAVING count(*) >= %(enough)s;

INSERT INTO segmentation_usualgap (kept_on, "of", tier_scheme, tier, customers, low, middle, high)
SELECT %(as_of)s, %(second)s, COALESCE(s.tier_scheme, ''), '', count(*)::int,
       percentile_disc(0.25) WITHIN GROUP (ORDER BY s.gap), percentile_disc(0.5) WITHIN GROUP (ORDER BY s.gap),
       percentile_disc(0.75) WITHIN GROUP (ORDER BY s.gap)
FROM (
    SELECT i.tier_scheme, o.second_on - o.first_on AS gap
    FROM segmentation_buyingrhythm r
    JOIN segmentation_scoreinterval i ON i.customer_id = r.customer_id AND i.valid_to IS NULL
    JOIN customers_customer c ON c.id = r.customer_id AND c.deleted_at IS NULL
    JOIN (
        SELECT customer_id, (array_agg(day ORDER BY day))[1] AS first_on, (array_agg(day ORDER BY day))[2] AS second_on
        FROM (
            SELECT o.customer_id, o.ordered_on AS day FROM sales_order o
            WHERE o.deleted_at IS NULL AND o.state = %(order_completed)s AND o.kind = %(order_kind_purchase)s
              AND o.amount > 0 AND o.ordered_on <= %(as_of)s AND o.customer_id IS NOT NULL
            GROUP BY o.customer_id, o.ordered_on
        ) bought
        GROUP BY customer_id HAVING count(*) > 1
    ) o ON o.customer_id = r.customer_id
    WHERE r.days > 1
) s
GROUP BY GROUPING SETS ((s.tier_scheme), ())
HAVING count(*) >= %(enough)s;
