-- Living customers with one of these search words, word by word through the index: asked for any of two thousand words
-- at once, the database would rather compare every customer with each of them.
SELECT t.token, c.id FROM unnest(%(tokens)s::text[]) AS t(token)
JOIN customers_customer c ON c.search_tokens @> ARRAY[t.token::varchar] AND c.deleted_at IS NULL
ORDER BY t.token, c.id;
