-- The least that a night of everybody does, as raw SQL: each result that it publishes reckoned once in the shortest
-- statement, compared with what is stored, and added up. It writes nothing that stays, looks at no days ahead, knows no
-- wholly returned purchases, tiers by hand or lifecycle, and takes no part after the other.

-- Orders by customer and day: one process walks the index in its order.
SELECT set_config('max_parallel_workers_per_gather', '0', TRUE), set_config('enable_hashagg', 'off', TRUE),
       set_config('default_statistics_target', '10', TRUE);
CREATE TEMP TABLE floor_days ON COMMIT DROP AS
SELECT customer_id, ordered_on AS day, count(*)::int AS orders, (count(*) FILTER (WHERE amount > 0))::int AS bought,
       sum(amount)::bigint AS net
FROM sales_order
WHERE deleted_at IS NULL AND state = %(order_completed)s AND ordered_on <= %(as_of)s AND customer_id IS NOT NULL
GROUP BY customer_id, ordered_on;
ANALYZE floor_days;
SELECT set_config('max_parallel_workers_per_gather', '2', TRUE), set_config('enable_hashagg', 'on', TRUE);

-- What scores, chances and the potential are made of.
CREATE TEMP TABLE floor_totals ON COMMIT DROP AS
SELECT customer_id, count(*) - 1 AS x, min(day) AS first_on, max(day) AS last_on,
       sum(orders) FILTER (WHERE day > %(as_of)s::date - 365) AS frequency,
       count(*) FILTER (WHERE day > %(as_of)s::date - 365) AS days,
       sum(net) FILTER (WHERE day > %(as_of)s::date - 365) AS monetary,
       sum(net) FILTER (WHERE day > %(month_end)s) AS of_month,
       sum(net) FILTER (WHERE day > %(as_of)s::date - 90) AS spend_now,
       sum(net) FILTER (WHERE day > %(as_of)s::date - 180 AND day <= %(as_of)s::date - 90) AS spend_before
FROM floor_days GROUP BY customer_id;

-- The rhythm of purchases.
CREATE TEMP TABLE floor_rhythm ON COMMIT DROP AS
SELECT customer_id, count(*) AS days, max(day) AS last_on,
       percentile_disc(ARRAY[0.25, 0.5, 0.75]) WITHIN GROUP (ORDER BY gap) AS gap
FROM (
    SELECT customer_id, day, day - lag(day) OVER (PARTITION BY customer_id ORDER BY day) AS gap
    FROM floor_days WHERE bought > 0
) bought
GROUP BY customer_id;

-- Different products of the window.
CREATE TEMP TABLE floor_range ON COMMIT DROP AS
SELECT customer_id, count(*) AS products
FROM (
    SELECT DISTINCT o.customer_id, l.product_id
    FROM sales_order o JOIN sales_orderline l ON l.order_id = o.id
    WHERE o.ordered_on > %(as_of)s::date - 365 AND o.ordered_on <= %(as_of)s AND o.deleted_at IS NULL AND o.amount > 0
      AND o.state = %(order_completed)s AND l.product_id IS NOT NULL
) bought
GROUP BY customer_id;

CREATE TEMP TABLE floor_talks ON COMMIT DROP AS
SELECT customer_id, count(*) AS tries, count(*) FILTER (WHERE direction = %(direction_in)s) AS inbound
FROM customers_interaction
WHERE occurred_at >= %(as_of)s::date - 89 AND occurred_at < %(as_of)s::date + 1 AND deleted_at IS NULL AND NOT automatic
GROUP BY customer_id;

-- Scores by cut-points, and the chance of buying of whom it can be said.
CREATE TEMP TABLE floor_scores ON COMMIT DROP AS
SELECT c.id AS customer_id, c.owner_id, c.team_id, c.channel_id, t.x, t.first_on, t.last_on, t.frequency, t.days,
       t.monetary, t.of_month, t.spend_now, t.spend_before,
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

-- Why who is warned is warned: the own cycle and the halves of a year.
CREATE TEMP TABLE floor_reasons ON COMMIT DROP AS
SELECT d.customer_id, percentile_cont(0.5) WITHIN GROUP (ORDER BY d.gap) AS median,
       sum(d.net) FILTER (WHERE d.day > %(as_of)s::date - 180) AS net_last,
       sum(d.net) FILTER (WHERE d.day > %(as_of)s::date - 360 AND d.day <= %(as_of)s::date - 180) AS net_before
FROM (
    SELECT f.customer_id, f.day, f.net, f.day - lag(f.day) OVER (PARTITION BY f.customer_id ORDER BY f.day) AS gap
    FROM floor_days f JOIN segmentation_churncase k ON k.customer_id = f.customer_id AND k.closed_at IS NULL
) d
GROUP BY d.customer_id;

-- Of whom something differs from what is stored.
CREATE TEMP TABLE floor_moved ON COMMIT DROP AS
SELECT s.customer_id
FROM floor_scores s
LEFT JOIN segmentation_scoreinterval i ON i.customer_id = s.customer_id AND i.valid_to IS NULL
LEFT JOIN customers_customerfacts k ON k.customer_id = s.customer_id
LEFT JOIN segmentation_scorebasis b ON b.customer_id = s.customer_id
LEFT JOIN segmentation_buyingrhythm y ON y.customer_id = s.customer_id
LEFT JOIN floor_rhythm g ON g.customer_id = s.customer_id
WHERE (i.last_on, i.frequency, k.monetary, b.spend_now, b.products, y.days, y.middle)
      IS DISTINCT FROM (s.last_on, s.frequency, s.monetary, s.spend_now, s.products, g.days, g.gap[2]);

-- The sums of dashboards and of the grid.
CREATE TEMP TABLE floor_sums ON COMMIT DROP AS
SELECT s.owner_id, s.team_id, s.channel_id, i.tier_scheme, i.tier, b.tier AS before, i.lifecycle, count(*) AS customers,
       sum(s.monetary) AS revenue, sum(s.of_month) AS month_revenue
FROM floor_scores s
JOIN segmentation_scoreinterval i ON i.customer_id = s.customer_id AND i.valid_to IS NULL
LEFT JOIN segmentation_scoreinterval b ON b.customer_id = s.customer_id AND b.valid_from <= %(month_end)s
    AND (b.valid_to IS NULL OR b.valid_to >= %(month_end)s)
GROUP BY s.owner_id, s.team_id, s.channel_id, i.tier_scheme, i.tier, b.tier, i.lifecycle;

CREATE TEMP TABLE floor_grid ON COMMIT DROP AS
SELECT s.owner_id, s.team_id, s.channel_id, k.amount_class, k.potential / 34 AS band, count(*) AS customers,
       sum(s.monetary) AS revenue
FROM floor_scores s JOIN customers_customerfacts k ON k.customer_id = s.customer_id
GROUP BY s.owner_id, s.team_id, s.channel_id, k.amount_class, k.potential / 34;
DROP TABLE floor_days, floor_totals, floor_rhythm, floor_range, floor_talks, floor_scores, floor_reasons, floor_moved,
    floor_sums, floor_grid;
