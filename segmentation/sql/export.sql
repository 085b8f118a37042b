-- One row per customer not deleted with the state as of a published run, by customer number; empty without a state.
SELECT c.number, %(as_of)s::date - i.last_on AS recency_days, {i.exported},
       CASE WHEN c.kind = %(kind_company)s THEN %(scheme_b2b)s ELSE %(scheme_b2c)s END AS tier_scheme,
       i.x, i.last_order_on - i.first_on AS t_x, %(as_of)s::date - i.first_on AS age
FROM customers_customer c
LEFT JOIN segmentation_scoreinterval i ON i.customer_id = c.id
    AND i.valid_from <= %(as_of)s AND (i.valid_to IS NULL OR i.valid_to >= %(as_of)s)
WHERE c.deleted_at IS NULL
ORDER BY c.number COLLATE "C"
