-- Who was in which tier at the begin of a month (`begun_on`), and what became of them by its end (`on`), with what they
-- bought from `first` on. `usual`: what they brought in as many days (`days`) on average, of the `window_days` that
-- counted at the begin. `high`: scheme:code of the high-value tiers; `minor`: minor units of one of the currency.
DROP TABLE IF EXISTS night_effect;
CREATE TEMP TABLE night_effect ON COMMIT DROP AS
WITH sold AS (
    SELECT customer_id,
           count(*) FILTER (WHERE amount > 0) AS orders, sum(amount)::bigint AS revenue
    FROM sales_order
    WHERE deleted_at IS NULL AND state = %(order_completed)s AND customer_id IS NOT NULL
      AND ordered_on >= %(first)s AND ordered_on <= %(on)s
    GROUP BY customer_id
), costs AS (
    SELECT o.customer_id, round(sum(l.amount * o.rate) * %(minor)s)::bigint AS costed,
           round(sum((l.amount - l.quantity * COALESCE(l.unit_cost, p.unit_cost, 0)) * o.rate) * %(minor)s)::bigint
               AS margin
    FROM sales_order o
    JOIN sales_orderline l ON l.order_id = o.id
    LEFT JOIN sales_product p ON p.id = l.product_id
    WHERE o.deleted_at IS NULL AND o.state = %(order_completed)s AND o.customer_id IS NOT NULL
      AND o.ordered_on >= %(first)s AND o.ordered_on <= %(on)s
      AND (l.unit_cost IS NOT NULL OR p.unit_cost IS NOT NULL OR p.flag <> '')
    GROUP BY o.customer_id
)
SELECT e.customer_id, c.owner_id, c.team_id, c.channel_id, COALESCE(b.tier_scheme, e.tier_scheme) AS tier_scheme,
       COALESCE(b.tier, %(unrated)s) AS tier,
       CASE WHEN b.lifecycle <> %(lifecycle_prospect)s
                 OR (b.lifecycle IS NULL AND e.lifecycle <> %(lifecycle_prospect)s AND e.first_on < %(first)s)
            THEN %(standing_existing)s
            WHEN e.lifecycle <> %(lifecycle_prospect)s THEN %(standing_new)s
            ELSE %(standing_none)s END AS standing,
       e.tier <> %(unrated)s AS rated, e.tier_scheme || ':' || e.tier = ANY(%(high)s) AS high,
       COALESCE(b.lifecycle NOT IN (%(lifecycle_prospect)s, %(lifecycle_lost)s), false) AS had_bought,
       e.lifecycle = %(lifecycle_lost)s AS is_lost,
       COALESCE(s.orders, 0) AS orders, COALESCE(s.revenue, 0) AS revenue,
       COALESCE(b.monetary, 0)::numeric * %(days)s / %(window_days)s AS usual, COALESCE(k.costed, 0) AS costed, COALESCE(k.margin, 0) AS margin
FROM segmentation_scoreinterval e
JOIN customers_customer c ON c.id = e.customer_id AND c.deleted_at IS NULL
LEFT JOIN segmentation_scoreinterval b ON b.customer_id = e.customer_id
    AND b.valid_from <= %(begun_on)s AND (b.valid_to IS NULL OR b.valid_to >= %(begun_on)s)
LEFT JOIN sold s ON s.customer_id = e.customer_id
LEFT JOIN costs k ON k.customer_id = e.customer_id
WHERE e.valid_from <= %(on)s AND (e.valid_to IS NULL OR e.valid_to >= %(on)s);

-- What apps above the scores say of the same days: things of a customer, and how many of them count.
DROP TABLE IF EXISTS night_effect_given;
CREATE TEMP TABLE night_effect_given (customer_id bigint, code text, n int, hits int) ON COMMIT DROP;
