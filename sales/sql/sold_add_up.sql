-- Add up the next customers that were noted: what they bring now (`goals.sold_by`), and the sums by the difference from
-- what they brought before. What a customer brings is read by one statement: whatever is written after it is noted by
-- a note that isn't seen here and stays.
DROP TABLE IF EXISTS sold_seen;
CREATE TEMP TABLE sold_seen ON COMMIT DROP AS
SELECT id, customer_id FROM sales_tosum ORDER BY id LIMIT %(most)s;
ANALYZE sold_seen;

DROP TABLE IF EXISTS sold_now;
CREATE TEMP TABLE sold_now ON COMMIT DROP AS
SELECT customer_id, seller, month, sum(amount)::bigint AS net,
       (count(*) FILTER (WHERE kind = %(kind_purchase)s AND amount > 0))::int AS purchases, count(*)::int AS orders
FROM (
    SELECT o.customer_id, COALESCE(g.from_user_id, c.owner_id) AS seller, m.month, o.amount, o.kind
    FROM (SELECT DISTINCT customer_id FROM sold_seen) s
    JOIN customers_customer c ON c.id = s.customer_id AND c.deleted_at IS NULL
    JOIN sales_order o ON o.customer_id = s.customer_id AND o.deleted_at IS NULL AND o.state = %(state_completed)s
        AND o.ordered_on >= (SELECT month FROM sales_soldsince)
    CROSS JOIN LATERAL (SELECT date_trunc('month', o.ordered_on)::date AS month) m
    LEFT JOIN LATERAL (
        SELECT w.from_user_id FROM customers_ownerchange w
        WHERE w.customer_id = o.customer_id AND w.from_user_id IS NOT NULL AND w.at > o.ordered_at
          AND w.at >= m.month::timestamp AT TIME ZONE %(zone)s
        ORDER BY w.at, w.id LIMIT 1
    ) g ON TRUE
) sold
WHERE seller IS NOT NULL
GROUP BY customer_id, seller, month;
ANALYZE sold_now;

INSERT INTO sales_soldsum (seller, month, net, purchases, orders)
SELECT seller, month, sum(net)::bigint, sum(purchases)::int, sum(orders)::int
FROM (
    SELECT seller, month, net, purchases, orders FROM sold_now
    UNION ALL
    SELECT seller, month, -net, -purchases, -orders FROM sales_soldshare
    WHERE customer_id IN (SELECT customer_id FROM sold_seen)
) moved
GROUP BY seller, month
HAVING sum(net) <> 0 OR sum(purchases) <> 0 OR sum(orders) <> 0
ON CONFLICT (seller, month) DO UPDATE
SET net = sales_soldsum.net + excluded.net, purchases = sales_soldsum.purchases + excluded.purchases,
    orders = sales_soldsum.orders + excluded.orders;
DELETE FROM sales_soldsum WHERE orders = 0;

DELETE FROM sales_soldshare k
WHERE k.customer_id IN (SELECT customer_id FROM sold_seen)
  AND NOT EXISTS (SELECT 1 FROM sold_now n
                  WHERE n.customer_id = k.customer_id AND n.month = k.month AND n.seller = k.seller);
INSERT INTO sales_soldshare (customer_id, seller, month, net, purchases, orders)
SELECT customer_id, seller, month, net, purchases, orders FROM sold_now
ON CONFLICT (customer_id, month, seller) DO UPDATE
SET net = excluded.net, purchases = excluded.purchases, orders = excluded.orders
WHERE (sales_soldshare.net, sales_soldshare.purchases, sales_soldshare.orders)
      <> (excluded.net, excluded.purchases, excluded.orders);

DELETE FROM sales_tosum t USING sold_seen s WHERE s.id = t.id;
