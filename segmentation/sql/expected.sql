-- When the next purchase is expected, where it is another day than before: by the own rhythm from so many intervals on,
-- else by that of the tier, of the scheme, of all. Of the customers whom this night has computed, or of everybody when
-- the usual intervals were kept anew (`whose` facts). In parts, which are written one after the other
-- (expected_write.sql).
DROP TABLE IF EXISTS night_expected;
CREATE TEMP TABLE night_expected AS
SELECT n.customer_id, n.expected_on, n.by, ((row_number() OVER (ORDER BY n.customer_id) - 1) / %(size)s)::int AS part
FROM (
    SELECT k.customer_id, k.next_order_on, k.next_order_by,
           CASE WHEN k.lifecycle NOT IN (%(lifecycle_prospect)s, %(lifecycle_lost)s) THEN
               CASE WHEN r.days > %(enough_gaps)s THEN r.last_on + r.middle::int
                    ELSE r.last_on + COALESCE(t.middle, u.middle, a.middle)::int END END AS expected_on,
           CASE WHEN k.lifecycle IN (%(lifecycle_prospect)s, %(lifecycle_lost)s) OR r.customer_id IS NULL THEN ''
                WHEN r.days > %(enough_gaps)s THEN %(own)s
                WHEN COALESCE(t.middle, u.middle, a.middle) IS NOT NULL THEN %(by_tier)s ELSE '' END::varchar(4) AS by
    FROM {whose}
    JOIN customers_customer c ON c.id = k.customer_id AND c.deleted_at IS NULL
    LEFT JOIN segmentation_buyingrhythm r ON r.customer_id = k.customer_id
    CROSS JOIN LATERAL (
        SELECT CASE WHEN c.kind = %(kind_company)s THEN %(scheme_b2b)s ELSE %(scheme_b2c)s END AS code) s
    LEFT JOIN segmentation_usualgap t ON t.kept_on = %(kept_on)s AND t.of = %(repeat)s AND t.tier_scheme = s.code
        AND t.tier = k.tier
    LEFT JOIN segmentation_usualgap u ON u.kept_on = %(kept_on)s AND u.of = %(repeat)s AND u.tier_scheme = s.code
        AND u.tier = ''
    LEFT JOIN segmentation_usualgap a ON a.kept_on = %(kept_on)s AND a.of = %(repeat)s AND a.tier_scheme = ''
        AND a.tier = ''
) n
WHERE (n.next_order_on, n.next_order_by) IS DISTINCT FROM (n.expected_on, n.by);
CREATE INDEX ON night_expected (part);
ANALYZE night_expected;
SELECT COALESCE(max(part) + 1, 0) FROM night_expected;
