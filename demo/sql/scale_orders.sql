-- Purchases of the last three years. A fifth of the customers have most of them (`random() ^ 2.2`); the company grows
-- evenly, so yesterday has twice the mean of all days (the root); amounts are log-normal (Box and Muller's way, as
-- PostgreSQL 15 has no random_normal). A subquery whose columns are random is drawn once for each row.
INSERT INTO sales_order (id, source, number, customer_id, kind, state, ordered_at, ordered_on, currency, rate, total,
                         amount, payment_method, channel_id, region, notes, content_hash, created_at, updated_at,
                         version)
SELECT %(first)s + d.index, 'scale', 'S' || lpad(d.index::text, 9, '0'), d.customer_id, %(kind_purchase)s,
       %(order_completed)s, (d.day + time '10:00') AT TIME ZONE %(zone)s, d.day, %(currency)s, 1, d.amount, d.amount,
       '', d.channel_id, '', '', '', now(), now(), 1
FROM (
    SELECT n.index,
           %(first_customer)s + least(%(customers)s - 1, floor(%(customers)s * random() ^ 2.2)::bigint) AS customer_id,
           %(today)s::date - 1 - floor(%(days)s * (1 - sqrt(1 - random())))::int AS day,
           exp(10.5 + sqrt(-2 * ln(1 - random())) * cos(2 * pi() * random()))::bigint AS amount,
           (%(channels)s::bigint[])[1 + floor(random() * cardinality(%(channels)s::bigint[]))::int] AS channel_id
    FROM generate_series(0, %(count)s::bigint - 1) AS n(index)
) d;
