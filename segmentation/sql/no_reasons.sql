-- Nobody has reasons: for runs in which nobody reads them.
DROP TABLE IF EXISTS night_reasons;
CREATE TEMP TABLE night_reasons (customer_id bigint, code varchar) ON COMMIT DROP;
