-- In which months the customers of `whose` bought, as of `on`: a purchase is completed and above zero. Months are numbers
-- (year * 12 + month - 1), which are counted several times faster than dates.
DROP TABLE IF EXISTS cohort_new;
CREATE TEMP TABLE cohort_new ON COMMIT DROP AS
SELECT b.customer_id, c.owner_id, c.team_id, c.channel_id, i.tier_scheme, b.months[1] AS first, b.months
FROM (
    SELECT customer_id, array_agg(month ORDER BY month) AS months
    FROM (
        SELECT DISTINCT o.customer_id,
               (extract(year FROM o.ordered_on) * 12 + extract(month FROM o.ordered_on) - 1)::smallint AS month
        FROM sales_order o
        WHERE o.deleted_at IS NULL AND o.state = %(order_completed)s AND o.amount > 0 AND o.ordered_on <= %(on)s
          AND {whose}
    ) bought
    GROUP BY customer_id
) b
JOIN customers_customer c ON c.id = b.customer_id AND c.deleted_at IS NULL
JOIN segmentation_scoreinterval i ON i.customer_id = b.customer_id
    AND i.valid_from <= %(on)s AND (i.valid_to IS NULL OR i.valid_to >= %(on)s);
CREATE INDEX ON cohort_new (customer_id);
ANALYZE cohort_new;
