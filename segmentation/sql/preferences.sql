-- Which products customers of each tier bought in the days from `start` to `on`, as of the run of `on`. Customers count
-- for whose they were when the run was published, as those of amounts.sql do. An item is a product or one of the numbers
-- `without`, `fees`, `beyond` and `any` (segmentation/preferences/items.py); `minor` minor units make one of the
-- company's currency. Each step is a table of its own with statistics.
DROP TABLE IF EXISTS preference_bought;
CREATE TEMP TABLE preference_bought ON COMMIT DROP AS
SELECT customer_id, item, round(sum(net))::bigint AS net
FROM (
    SELECT o.customer_id, CASE WHEN p.flag <> '' THEN %(fees)s ELSE COALESCE(l.product_id, %(without)s) END AS item,
           COALESCE(l.amount * o.rate * %(minor)s, o.amount) AS net
    FROM sales_order o
    LEFT JOIN sales_orderline l ON l.order_id = o.id
    LEFT JOIN sales_product p ON p.id = l.product_id
    WHERE o.deleted_at IS NULL AND o.state = %(order_completed)s AND o.customer_id IS NOT NULL
      AND o.ordered_on BETWEEN %(start)s AND %(on)s
) lines
GROUP BY customer_id, item;
ANALYZE preference_bought;

DROP TABLE IF EXISTS preference_counted;
CREATE TEMP TABLE preference_counted ON COMMIT DROP AS
SELECT CASE WHEN h.customer_id IS NULL THEN c.owner_id ELSE h.from_user_id END AS owner_id,
       CASE WHEN h.customer_id IS NULL THEN c.team_id ELSE u.team_id END AS team_id,
       c.channel_id, i.tier_scheme, i.tier, b.customer_id, b.item, b.net
FROM preference_bought b
JOIN segmentation_scoreinterval i ON i.customer_id = b.customer_id
    AND i.valid_from <= %(on)s AND (i.valid_to IS NULL OR i.valid_to >= %(on)s)
JOIN customers_customer c ON c.id = b.customer_id AND (c.deleted_at IS NULL OR c.deleted_at > %(published_at)s)
LEFT JOIN (
    SELECT DISTINCT ON (customer_id) customer_id, from_user_id
    FROM customers_ownerchange WHERE at > %(published_at)s ORDER BY customer_id, id
) h ON h.customer_id = b.customer_id
LEFT JOIN accounts_user u ON u.id = h.from_user_id;
ANALYZE preference_counted;

-- Products by name: of persons and of companies those that most customers bought, and those that bring most.
DROP TABLE IF EXISTS preference_kept;
CREATE TEMP TABLE preference_kept ON COMMIT DROP AS
SELECT DISTINCT item
FROM (
    SELECT item, row_number() OVER (PARTITION BY tier_scheme ORDER BY count(*) FILTER (WHERE net > 0) DESC, item) AS nth,
           row_number() OVER (PARTITION BY tier_scheme ORDER BY sum(net) DESC, item) AS nth_by_sales
    FROM preference_counted WHERE item > 0
    GROUP BY tier_scheme, item
) ranked
WHERE nth <= %(most)s OR nth_by_sales <= %(most)s;

-- Of the products beyond these a customer bought any whose net sales are above zero; of anything, the same.
DROP TABLE IF EXISTS preference_items;
CREATE TEMP TABLE preference_items ON COMMIT DROP AS
SELECT owner_id, team_id, channel_id, tier_scheme, tier, item, (count(*) FILTER (WHERE bought))::int AS customers,
       sum(net)::bigint AS net
FROM (
    SELECT owner_id, team_id, channel_id, tier_scheme, tier, customer_id, bool_or(net > 0 AND item <> %(fees)s) AS bought,
           %(any)s AS item, sum(net) AS net
    FROM preference_counted
    GROUP BY owner_id, team_id, channel_id, tier_scheme, tier, customer_id
    UNION ALL
    SELECT owner_id, team_id, channel_id, tier_scheme, tier, customer_id, bool_or(net > 0),
           CASE WHEN p.item < 0 OR k.item IS NOT NULL THEN p.item ELSE %(beyond)s END, sum(net)
    FROM preference_counted p
    LEFT JOIN preference_kept k ON k.item = p.item
    GROUP BY owner_id, team_id, channel_id, tier_scheme, tier, customer_id, 8
) of_customers
GROUP BY owner_id, team_id, channel_id, tier_scheme, tier, item;

DELETE FROM segmentation_preferencesum WHERE run_id = %(run)s;
DELETE FROM segmentation_preferencecount WHERE run_id = %(run)s;
INSERT INTO segmentation_preferencesum (run_id, owner_id, team_id, channel_id, tier_scheme, tier, items, customers,
                                        revenue)
SELECT %(run)s, owner_id, team_id, channel_id, tier_scheme, tier, array_agg(item ORDER BY item),
       array_agg(customers ORDER BY item), array_agg(net ORDER BY item)
FROM preference_items
GROUP BY owner_id, team_id, channel_id, tier_scheme, tier;
INSERT INTO segmentation_preferencecount (run_id, counted_at, items, customers)
SELECT %(run)s, %(counted_at)s, COALESCE(array_agg(item ORDER BY item), ARRAY[]::bigint[]),
       COALESCE(array_agg(customers ORDER BY item), ARRAY[]::int[])
FROM (SELECT item, sum(customers)::int AS customers FROM preference_items GROUP BY item) of_all;
