-- The least that a night of everybody does, as raw SQL: each table read once and added up by customer, scores by the
-- cut-points, chances of the watched, a comparison with what is stored, and the sums. It writes nothing that stays.
CREATE TEMP TABLE floor_days ON COMMIT DROP AS
SELECT customer_id, ordered_on AS day, count(*) AS orders, sum(amount) AS net
FROM sales_order
WHERE deleted_at IS NULL AND state = %(order_completed)s AND ordered_on <= %(as_of)s AND customer_id IS NOT NULL
GROUP BY customer_id, ordered_on;

CREATE TEMP TABLE floor_totals ON COMMIT DROP AS
SELECT customer_id, count(*) - 1 AS x, min(day) AS first_on, max(day) AS last_on,
       sum(orders) FILTER (WHERE day > %(as_of)s::date - 365) AS frequency,
       count(*) FILTER (WHERE day > %(as_of)s::date - 365) AS days,
       sum(net) FILTER (WHERE day > %(as_of)s::date - 365) AS monetary,
       sum(net) FILTER (WHERE day > %(as_of)s::date - 90) AS spend_now,
       sum(net) FILTER (WHERE day > %(as_of)s::date - 180 AND day <= %(as_of)s::date - 90) AS spend_before
FROM floor_days GROUP BY customer_id;

CREATE TEMP TABLE floor_range ON COMMIT DROP AS
SELECT o.customer_id, count(DISTINCT l.product_id) AS products
FROM sales_order o JOIN sales_orderline l ON l.order_id = o.id
WHERE o.ordered_on > %(as_of)s::date - 365 AND o.ordered_on <= %(as_of)s AND o.deleted_at IS NULL
  AND o.state = %(order_completed)s
GROUP BY o.customer_id;

CREATE TEMP TABLE floor_talks ON COMMIT DROP AS
SELECT customer_id, count(*) AS tries, count(*) FILTER (WHERE direction = %(direction_in)s) AS inbound
FROM customers_interaction
WHERE occurred_at >= %(as_of)s::date - 89 AND occurred_at < %(as_of)s::date + 1 AND deleted_at IS NULL AND NOT automatic
GROUP BY customer_id;

CREATE TEMP TABLE floor_scores ON COMMIT DROP AS
SELECT c.id AS customer_id, t.x, t.first_on, t.last_on, t.frequency, t.days, t.monetary, t.spend_now, t.spend_before,
       r.products, w.tries, w.inbound, f.last_contact_at, f.contact_every_days, f.last_csat, f.open_complaints,
       width_bucket(t.frequency::float8, ARRAY[2, 3, 4, 6]::float8[]) + 1 AS f,
       width_bucket(t.monetary::float8, ARRAY[20000, 40000, 90000, 200000]::float8[]) + 1 AS m,
       CASE WHEN t.x > 0 AND t.frequency > 0 THEN
           1 / (1 + .9 / (1.6 + t.x) * exp(LEAST(600, (.5 + t.x) * ln(
                   (6 + (%(as_of)s::date - t.first_on) / 7.0::float8) / (6 + (t.last_on - t.first_on) / 7.0::float8)))))
           * (1 - exp(GREATEST(-600, (.5 + t.x) * ln(
                   (6 + (%(as_of)s::date - t.first_on) / 7.0::float8)
                   / (19 + (%(as_of)s::date - t.first_on) / 7.0::float8))))) END AS p_now
FROM customers_customer c
LEFT JOIN floor_totals t ON t.customer_id = c.id
LEFT JOIN floor_range r ON r.customer_id = c.id
LEFT JOIN floor_talks w ON w.customer_id = c.id
LEFT JOIN customers_customerfacts f ON f.customer_id = c.id
WHERE c.deleted_at IS NULL;

CREATE TEMP TABLE floor_moved ON COMMIT DROP AS
SELECT s.customer_id
FROM floor_scores s
LEFT JOIN segmentation_scoreinterval i ON i.customer_id = s.customer_id AND i.valid_to IS NULL
LEFT JOIN customers_customerfacts k ON k.customer_id = s.customer_id
LEFT JOIN segmentation_scorebasis b ON b.customer_id = s.customer_id
WHERE (i.last_on, i.frequency, k.monetary, b.spend_now) IS DISTINCT FROM (s.last_on, s.frequency, s.monetary, s.spend_now);

CREATE TEMP TABLE floor_sums ON COMMIT DROP AS
SELECT c.owner_id, c.team_id, c.channel_id, i.tier_scheme, i.tier, b.tier AS before, i.lifecycle, count(*) AS customers,
       sum(i.monetary) AS revenue
FROM segmentation_scoreinterval i
JOIN customers_customer c ON c.id = i.customer_id AND c.deleted_at IS NULL
LEFT JOIN segmentation_scoreinterval b ON b.customer_id = i.customer_id AND b.valid_from <= %(month_end)s
    AND (b.valid_to IS NULL OR b.valid_to >= %(month_end)s)
WHERE i.valid_to IS NULL
GROUP BY c.owner_id, c.team_id, c.channel_id, i.tier_scheme, i.tier, b.tier, i.lifecycle;
DROP TABLE floor_days, floor_totals, floor_range, floor_talks, floor_scores, floor_moved, floor_sums;
