-- One row per order day up to the as-of date of each customer of night_subjects. `whose` says whose orders these are:
-- of few those customers', of everybody all but of who has gone, which keeps the order of the index and spares a hash.
-- orders: completed orders that aren't returns, of any amount (the churn model); bought: those above 0 that were not
-- wholly returned (R and F); sold: these with them; net: all amounts, returns negative (M).
-- Every step is a table of its own with statistics: right after a big import the planner knows nothing else.
-- One process walks the index in order; several would each make a hash of what they find, and so would one of everybody
-- by itself (`hashed` off), out of whose order all that follows would have to be sorted.
SELECT set_config('max_parallel_workers_per_gather', '0', TRUE), set_config('enable_hashagg', %(hashed)s, TRUE);
DROP TABLE IF EXISTS night_days;
CREATE TEMP TABLE night_days ON COMMIT DROP AS
SELECT o.customer_id, o.ordered_on AS day,
       (count(*) FILTER (WHERE o.kind = %(order_kind_purchase)s))::int AS orders,
       (count(*) FILTER (WHERE o.kind = %(order_kind_purchase)s AND o.amount > 0))::int AS bought,
       (count(*) FILTER (WHERE o.kind = %(order_kind_purchase)s AND o.amount > 0))::int AS sold,
       sum(o.amount)::bigint AS net
FROM sales_order o
WHERE o.deleted_at IS NULL AND o.state = %(order_completed)s AND o.ordered_on <= %(as_of)s AND {whose}
GROUP BY o.customer_id, o.ordered_on;
ANALYZE night_days;
SELECT set_config('max_parallel_workers_per_gather', '2', TRUE), set_config('enable_hashagg', 'on', TRUE);

-- Purchases that were wholly returned by then.
DROP TABLE IF EXISTS night_returned;
CREATE TEMP TABLE night_returned ON COMMIT DROP AS
SELECT o.id, o.customer_id, o.ordered_on AS day
FROM sales_order back
JOIN sales_order o ON o.id = back.return_of_id
WHERE back.return_of_id IS NOT NULL AND back.kind = %(order_kind_return)s AND back.state = %(order_completed)s
  AND back.deleted_at IS NULL AND back.ordered_on <= %(as_of)s
  AND o.kind = %(order_kind_purchase)s AND o.state = %(order_completed)s AND o.deleted_at IS NULL AND o.amount > 0
  AND o.ordered_on <= %(as_of)s AND {whose}
GROUP BY o.id, o.customer_id, o.ordered_on, o.total
HAVING o.total + sum(back.total) <= 0;

UPDATE night_days d SET bought = d.bought - g.bought
FROM (SELECT customer_id, day, count(*)::int AS bought FROM night_returned GROUP BY customer_id, day) g
WHERE g.customer_id = d.customer_id AND g.day = d.day;
