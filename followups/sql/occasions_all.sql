-- A day for everybody: the contacts of each owner are dealt out over the working days before it, the best tiers first.
DROP TABLE IF EXISTS occasion_found;
CREATE TEMP TABLE occasion_found ON COMMIT DROP AS
SELECT customer_id, owner_id, %(day)s::date AS day,
       (%(contacts)s::date[])[1 + (place - 1) %% cardinality(%(contacts)s::date[])] AS due_on
FROM (SELECT c.id AS customer_id, c.owner_id,
             row_number() OVER (PARTITION BY c.owner_id
                                ORDER BY f.tier_rank, f.monetary DESC NULLS LAST, c.id)::int AS place
      FROM customers_customer c
      LEFT JOIN customers_customerfacts f ON f.customer_id = c.id
      WHERE c.deleted_at IS NULL AND c.owner_id IS NOT NULL AND (%(kind)s = '' OR c.kind = %(kind)s)
        AND (%(tiers)s::text[] = '{}' OR COALESCE(f.tier, %(unrated)s) = ANY(%(tiers)s::text[]))
        AND (%(industry)s::bigint IS NULL OR c.industry_id = %(industry)s)) placed;
