-- Who shares a key with one of these customers, as (first, second, keys' letters, regions, neither is a person). A key
-- that more than `most` share tells nobody apart: a switchboard, a name that hundreds have.
WITH shared AS (
    SELECT k.customer_id AS one, o.other, left(k.key, 1) AS letter
    FROM customers_matchkey k
    CROSS JOIN LATERAL (
        SELECT array_agg(m.customer_id) AS ids
        FROM (SELECT customer_id FROM customers_matchkey WHERE key = k.key LIMIT %(most)s + 1) m
    ) found
    CROSS JOIN unnest(found.ids) AS o(other)
    WHERE k.customer_id = ANY(%(due)s) AND cardinality(found.ids) BETWEEN 2 AND %(most)s
      AND o.other <> k.customer_id
), pairs AS (
    SELECT least(one, other) AS first_id, greatest(one, other) AS second_id, array_agg(DISTINCT letter) AS letters
    FROM shared GROUP BY 1, 2
)
SELECT p.first_id, p.second_id, p.letters, a.region, b.region, a.kind <> %(person)s AND b.kind <> %(person)s
FROM pairs p
JOIN customers_customer a ON a.id = p.first_id AND a.deleted_at IS NULL
JOIN customers_customer b ON b.id = p.second_id AND b.deleted_at IS NULL
ORDER BY 1, 2;
