SELECT t.token, c.id FROM unnest(%(tokens)s::text[]) AS t(token)
JOIN customers_customer c ON c.search_tokens @> ARRAY[t.token::varchar] AND c.deleted_at IS NULL
ORDER BY t.token, c.id;
