-- A day like the others before the night that is measured: as many orders and entries of the log as the average day
-- has, of the customers whom such a day had.
INSERT INTO sales_order (source, number, customer_id, kind, state, ordered_at, ordered_on, currency, rate, total,
                         amount,
                         payment_method, channel_id, region, notes, content_hash, created_at, updated_at, version)
SELECT 'bench', o.id::text, o.customer_id, o.kind, o.state, %(as_of)s::date + interval '4 hours', %(as_of)s, o.currency,
       o.rate, o.total, o.amount, '', o.channel_id, '', '', '', now(), now(), 1
FROM sales_order o WHERE o.ordered_on = %(like)s;
INSERT INTO customers_interaction (customer_id, user_id, kind, direction, automatic, occurred_at, received_at, result,
                                   mood, summary, needs_found, objection, change_found, participants, place, late,
                                   late_reason,
                                   created_at, updated_at, version)
SELECT i.customer_id, i.user_id, i.kind, i.direction, FALSE, %(as_of)s::date + interval '4 hours', now(), i.result, '',
       '',
       '', '', '', '', '', FALSE, '', now(), now(), 1
FROM customers_interaction i
WHERE i.occurred_at >= %(like)s AND i.occurred_at < %(like)s::date + 1;
