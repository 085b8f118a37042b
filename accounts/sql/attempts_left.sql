SELECT key, extract(epoch FROM empty_at - statement_timestamp())::float8
  FROM accounts_attemptbucket WHERE key = ANY(%(keys)s);
