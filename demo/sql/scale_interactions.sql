-- Entries of the log, of the same customers and days as orders, by who owns the customer, at nine to four o'clock.
INSERT INTO customers_interaction (customer_id, user_id, kind, direction, automatic, occurred_at, received_at, result,
                                   mood, summary, needs_found, objection, change_found, participants, place, late,
                                   late_reason, created_at, updated_at, version)
SELECT d.customer_id, c.owner_id, d.kind, %(direction_out)s, FALSE, d.at, d.at, d.result, '', d.summary, '', '', '', '',
       '', FALSE, '', now(), now(), 1
FROM (
    SELECT %(first_customer)s + least(%(customers)s - 1, floor(%(customers)s * random() ^ 2.2)::bigint) AS customer_id,
           (%(today)s::date - 1 - floor(%(days)s * (1 - sqrt(1 - random())))::int + time '09:00'
            + n.index %% 8 * interval '1 hour') AT TIME ZONE %(zone)s AS at,
           (%(kinds)s::text[])[1 + floor(random() * cardinality(%(kinds)s::text[]))::int] AS kind,
           (%(results)s::text[])[1 + floor(random() * cardinality(%(results)s::text[]))::int] AS result,
           (%(notes)s::text[])[1 + floor(random() * cardinality(%(notes)s::text[]))::int] AS summary
    FROM generate_series(0, %(count)s::bigint - 1) AS n(index)
) d
JOIN customers_customer c ON c.id = d.customer_id;
