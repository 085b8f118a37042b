-- Customers that are new with this file, in the order in which the file names them.
CREATE UNLOGGED TABLE {people} AS
SELECT row_number() OVER (ORDER BY min(l.row_no)) AS seq, o.customer_no AS number, {attributes},
       max(o.ordered_on) FILTER (
           WHERE o.total > 0 AND COALESCE(o.state, %(state_completed)s) = %(state_completed)s) AS bought_on,
       bool_and(o.by_who) AS by_who, min(l.place) AS place, min(l.phone_key) AS phone_key,
       min(l.email_key) AS email_key
FROM {orders} o
JOIN {lines} l ON l.number = o.number AND l.error IS NULL AND (l.customer_no = o.customer_no OR o.by_who)
WHERE o.action <> 'same' AND o.customer_no IS NOT NULL
  AND NOT EXISTS (SELECT FROM customers_customer c WHERE c.number = o.customer_no)
GROUP BY o.customer_no;
CREATE UNIQUE INDEX ON {people} (seq);
