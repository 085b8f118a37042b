-- One row per customer with an order or return up to the as-of date. of_month: net of the month to date,
-- orders_of_month: its purchases; spend_now, spend_before: of the last `days` and of as many before.
DROP TABLE IF EXISTS night_totals;
CREATE TEMP TABLE night_totals ON COMMIT DROP AS
SELECT customer_id,
       NULLIF(count(*) FILTER (WHERE orders > 0) - 1, -1)::int AS x,
       min(day) FILTER (WHERE orders > 0) AS first_on,
       max(day) FILTER (WHERE orders > 0) AS last_order_on,
       max(day) FILTER (WHERE bought > 0) AS last_on,
       (count(*) FILTER (WHERE bought > 0))::int AS days_ever,
       COALESCE(sum(bought) FILTER (WHERE day >= %(start)s), 0)::int AS frequency,
       (count(*) FILTER (WHERE bought > 0 AND day >= %(start)s))::int AS purchase_days,
       COALESCE(sum(net) FILTER (WHERE day >= %(start)s), 0)::bigint AS monetary,
       COALESCE(sum(net) FILTER (WHERE day >= %(month)s), 0)::bigint AS of_month,
       COALESCE(sum(sold) FILTER (WHERE day >= %(month)s), 0)::int AS orders_of_month,
       COALESCE(sum(net) FILTER (WHERE day > %(as_of)s::date - %(days)s), 0)::bigint AS spend_now,
       COALESCE(sum(net) FILTER (WHERE day <= %(as_of)s::date - %(days)s AND day > %(as_of)s::date - 2 * %(days)s),
                0)::bigint AS spend_before
FROM night_days
GROUP BY customer_id;
ANALYZE night_totals;
