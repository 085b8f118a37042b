-- Rows of two customers as they are, by their ids.
SELECT t.{key}, to_jsonb(t) FROM {table} t WHERE t.{customer} = ANY(%(ids)s) ORDER BY t.{key} FOR NO KEY UPDATE;
