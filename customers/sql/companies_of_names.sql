-- Living customers that aren't persons and bear one of these names: by the keys of the last night, and as names are
-- sorted at this moment. A name that more than `most` share tells nobody apart.
WITH called AS (
    SELECT found.ids
    FROM unnest(%(keys)s::text[]) AS w(key)
    CROSS JOIN LATERAL (
        SELECT array_agg(m.customer_id) AS ids
        FROM (
            SELECT customer_id FROM customers_matchkey WHERE key = w.key COLLATE "C" LIMIT %(most)s + 1
        ) m
    ) found
    UNION ALL
    SELECT found.ids
    FROM unnest(%(sorted)s::text[]) AS w(key)
    CROSS JOIN LATERAL (
        SELECT array_agg(m.id) AS ids
        FROM (
            SELECT id FROM customers_customer
            WHERE name_sort = w.key COLLATE "C" AND deleted_at IS NULL LIMIT %(most)s + 1
        ) m
    ) found
)
SELECT DISTINCT c.id
FROM called
CROSS JOIN unnest(called.ids) AS one(id)
JOIN customers_customer c ON c.id = one.id AND c.deleted_at IS NULL AND c.kind <> %(person)s
WHERE cardinality(called.ids) <= %(most)s
ORDER BY c.id;
