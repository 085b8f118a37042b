INSERT INTO accounts_attemptbucket AS bucket (key, empty_at)
SELECT key, statement_timestamp() + refill
  FROM unnest(%(keys)s::text[], %(refills)s::interval[]) AS asked(key, refill)
 ORDER BY key  -- always locked in the same order
    ON CONFLICT (key) DO UPDATE
       SET empty_at = greatest(bucket.empty_at, statement_timestamp()) + (excluded.empty_at - statement_timestamp())
     WHERE greatest(bucket.empty_at, statement_timestamp()) + (excluded.empty_at - statement_timestamp())
           <= statement_timestamp() + (SELECT room FROM unnest(%(keys)s::text[], %(rooms)s::interval[])
                                           AS asked(key, room) WHERE asked.key = bucket.key)
RETURNING key;
