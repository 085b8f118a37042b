-- Customers whose protection ends on `until` or before, with that day: so many days after somebody last did something.
-- What tier, lifecycle or an open order says counts instead of the company's number of days; of several the longest.
WITH last AS (
    SELECT
        c.id,
        c.owner_id,
        GREATEST(
            (c.created_at AT TIME ZONE %(zone)s)::date,
            (f.last_contact_at AT TIME ZONE %(zone)s)::date,
            f.last_order_on,
            (SELECT (max(o.at) AT TIME ZONE %(zone)s)::date
             FROM customers_ownerchange o
             WHERE o.customer_id = c.id AND o.to_user_id = c.owner_id)
        ) AS day,
        COALESCE(
            GREATEST(
                (%(tier_days)s::jsonb ->> f.tier)::int,
                (%(lifecycle_days)s::jsonb ->> f.lifecycle)::int,
                CASE WHEN EXISTS (
                    SELECT FROM sales_order s
                    WHERE s.customer_id = c.id AND s.deleted_at IS NULL AND s.state = %(order_open)s
                ) THEN %(deal_days)s::int END
            ),
            %(protected_days)s
        ) AS days
    FROM customers_customer c
    LEFT JOIN customers_customerfacts f ON f.customer_id = c.id
    WHERE c.owner_id IS NOT NULL
        AND c.deleted_at IS NULL
        AND c.stage <> %(stage_paused)s
        AND COALESCE(f.open_complaints, 0) = 0
        AND (%(among)s::bigint[] IS NULL OR c.id = ANY(%(among)s::bigint[]))
)
SELECT id, owner_id, day + days AS ends_on
FROM last
WHERE day + days <= %(until)s
ORDER BY id
