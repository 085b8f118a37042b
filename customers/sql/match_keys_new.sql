-- What these customers are compared by from now on: the keys of their names and numbers, which come in two lists, and
-- their phones and addresses, which the search words hold already. Keys that stand as they should aren't written anew.
WITH wanted AS (
    SELECT g.id AS customer_id, g.key FROM unnest(%(ids)s::bigint[], %(keys)s::text[]) AS g(id, key)
    UNION
    SELECT c.id, token
    FROM customers_customer c CROSS JOIN unnest(c.search_tokens) AS token
    WHERE c.id = ANY(%(due)s) AND c.deleted_at IS NULL
      AND (token LIKE 'e:%%@%%' OR (token LIKE 'p:%%' AND length(token) >= %(shortest)s + 2))
), gone AS (
    DELETE FROM customers_matchkey k WHERE k.customer_id = ANY(%(due)s)
      AND NOT EXISTS (SELECT 1 FROM wanted w WHERE w.customer_id = k.customer_id AND w.key = k.key)
)
INSERT INTO customers_matchkey (customer_id, key)
SELECT w.customer_id, w.key FROM wanted w
WHERE NOT EXISTS (SELECT 1 FROM customers_matchkey k WHERE k.customer_id = w.customer_id AND k.key = w.key);
