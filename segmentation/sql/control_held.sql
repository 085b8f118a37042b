-- The two sides of a hold-out: everybody as they were drawn, wherever they are now; without those who were deleted.
DROP TABLE IF EXISTS night_sides;
CREATE TEMP TABLE night_sides ON COMMIT DROP AS
SELECT m.customer_id, h.scheme AS tier_scheme, h.tier, NOT m.held AS treated, NULL::bigint AS pair,
       NULL::int AS percent, NULL::bigint AS monetary
FROM segmentation_holdoutmember m
JOIN segmentation_holdout h ON h.id = m.hold_out_id
JOIN customers_customer c ON c.id = m.customer_id AND c.deleted_at IS NULL
WHERE m.hold_out_id = %(hold_out)s;
ANALYZE night_sides;
