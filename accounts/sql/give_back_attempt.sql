WITH mine AS (SELECT key, refund
                FROM accounts_attemptbucket
                JOIN unnest(%(keys)s::text[], %(refunds)s::interval[]) AS given(key, refund) USING (key)
               ORDER BY key FOR UPDATE OF accounts_attemptbucket)
UPDATE accounts_attemptbucket AS bucket SET empty_at = bucket.empty_at - mine.refund
  FROM mine WHERE bucket.key = mine.key;
