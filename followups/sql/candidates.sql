-- Customers that are to have a next date: owned by somebody who works here, not lost, paused or to be left alone.
-- plan_on is the day of the tier's plan counted from the last contact, else the first order, else the file's beginning;
-- chain_days is the day of the revisit chain 7/30/90 that comes next (see followups/cadence.py).
DROP TABLE IF EXISTS plan_customers;
CREATE TEMP TABLE plan_customers ON COMMIT DROP AS
SELECT b.*, b.since + b.every_days AS plan_on,
       (SELECT min(n) FROM unnest(%(chain)s::int[]) AS n
        WHERE %(today)s::date - b.first_order_on - n <= %(late)s
          AND NOT EXISTS (SELECT 1 FROM followups_followup u
                          WHERE u.source_key = 'revisit:' || b.customer_id || ':' || b.first_order_on || ':' || n)
       ) AS chain_days
FROM (
    SELECT c.id AS customer_id, c.owner_id, COALESCE(f.tier_rank, %(unrated_rank)s) AS tier_rank,
           COALESCE(f.monetary, 0) AS monetary,
           f.first_order_on, r.every_days, r.method,
           COALESCE((f.last_contact_at AT TIME ZONE %(zone)s)::date, f.first_order_on,
                    (c.created_at AT TIME ZONE %(zone)s)::date) AS since,
           CASE WHEN f.last_contact_at IS NOT NULL THEN 'contact' WHEN f.first_order_on IS NOT NULL THEN 'order'
                ELSE 'created' END AS basis
    FROM customers_customer c
    JOIN accounts_user p ON p.id = c.owner_id AND p.is_active
    LEFT JOIN customers_customerfacts f ON f.customer_id = c.id
    LEFT JOIN followups_planrule r
           ON r.is_active AND r.tier = COALESCE(f.tier, %(unrated)s)
          AND r.scheme = CASE WHEN c.kind = %(kind_company)s THEN %(scheme_b2b)s ELSE %(scheme_b2c)s END
    WHERE c.deleted_at IS NULL AND c.stage <> %(stage_paused)s AND NOT c.do_not_contact
      AND COALESCE(f.lifecycle, %(lifecycle_prospect)s) <> %(lifecycle_lost)s
) b;
CREATE UNIQUE INDEX ON plan_customers (customer_id);
ANALYZE plan_customers;
