-- One row per customer not deleted with the state as of a published run, by customer number.
SELECT c.number, %(as_of)s::date - i.last_on AS recency, COALESCE(i.frequency, 0), COALESCE(i.monetary, 0),
       i.r, i.f, i.m,
       COALESCE(i.segment8, ''), COALESCE(i.group5, ''), COALESCE(i.grade4, ''), COALESCE(i.segment11, ''),
       COALESCE(i.tier, %(unrated)s), COALESCE(i.lifecycle, %(lifecycle_prospect)s), COALESCE(i.warning, %(warn_none)s),
       COALESCE(i.tier_scheme, CASE WHEN c.kind = %(kind_company)s THEN %(scheme_b2b)s ELSE %(scheme_b2c)s END),
       i.x, i.last_order_on - i.first_on AS t_x, %(as_of)s::date - i.first_on AS age
FROM customers_customer c
LEFT JOIN segmentation_scoreinterval i ON i.customer_id = c.id
    AND i.valid_from <= %(as_of)s AND (i.valid_to IS NULL OR i.valid_to >= %(as_of)s)
WHERE c.deleted_at IS NULL
ORDER BY c.number COLLATE "C"
