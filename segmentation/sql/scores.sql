-- One row per customer: scores by the cut-points, groups and tiers by the 125 cells, lifecycle. Warnings come later.
DROP TABLE IF EXISTS night_scores;
CREATE TEMP TABLE night_scores ON COMMIT DROP AS
WITH base AS (
    SELECT c.id AS customer_id,
           CASE WHEN c.kind = %(kind_company)s THEN %(scheme_b2b)s ELSE %(scheme_b2c)s END AS tier_scheme,
           t.first_on, t.last_order_on, t.x, t.last_on, COALESCE(t.days_ever, 0) AS days_ever,
           COALESCE(t.frequency, 0) AS frequency, COALESCE(t.purchase_days, 0) AS purchase_days,
           COALESCE(t.monetary, 0) AS monetary,
           %(as_of)s::date - t.last_on AS silent,
           CASE WHEN t.last_on >= %(start)s THEN %(as_of)s::date - t.last_on END AS recency
    FROM customers_customer c LEFT JOIN night_totals t ON t.customer_id = c.id
    WHERE c.deleted_at IS NULL
), cuts AS (
    SELECT %(cuts_r)s::int[] AS r, %(cuts_f)s::int[] AS f, %(cuts_m)s::bigint[] AS m
), scored AS (
    SELECT base.*,
           CASE WHEN recency IS NOT NULL THEN 1
               + COALESCE((recency <= cuts.r[1])::int, 0) + COALESCE((recency <= cuts.r[2])::int, 0)
               + COALESCE((recency <= cuts.r[3])::int, 0) + COALESCE((recency <= cuts.r[4])::int, 0) END AS r,
           CASE WHEN recency IS NOT NULL THEN 1
               + COALESCE((frequency >= cuts.f[1])::int, 0) + COALESCE((frequency >= cuts.f[2])::int, 0)
               + COALESCE((frequency >= cuts.f[3])::int, 0) + COALESCE((frequency >= cuts.f[4])::int, 0) END AS f,
           CASE WHEN recency IS NULL THEN NULL WHEN monetary <= 0 THEN 1 ELSE 1
               + COALESCE((monetary >= cuts.m[1])::int, 0) + COALESCE((monetary >= cuts.m[2])::int, 0)
               + COALESCE((monetary >= cuts.m[3])::int, 0) + COALESCE((monetary >= cuts.m[4])::int, 0) END AS m
    FROM base CROSS JOIN cuts
), rated AS (
    SELECT s.*, COALESCE(g.segment8, '') AS segment8, COALESCE(g.group5, '') AS group5,
           COALESCE(g.grade4, '') AS grade4, COALESCE(g.segment11, '') AS segment11,
           CASE WHEN g.r IS NOT NULL THEN CASE WHEN s.tier_scheme = %(scheme_b2b)s THEN g.b2b ELSE g.b2c END
                WHEN s.days_ever > 0 THEN COALESCE(p.rated_tier, %(unrated)s) ELSE %(unrated)s END AS rated_tier,
           p.last_on AS last_on_before, COALESCE(p.warning, %(warn_none)s) AS warning_before
    FROM scored s
    LEFT JOIN night_cells g ON g.r = s.r AND g.f = s.f AND g.m = s.m
    LEFT JOIN night_before p ON p.customer_id = s.customer_id
)
SELECT rated.customer_id, first_on, last_order_on, x, last_on, frequency, purchase_days, monetary,
       r::smallint AS r, f::smallint AS f, m::smallint AS m, segment8, group5, grade4, segment11,
       tier_scheme, rated_tier, COALESCE(o.tier, rated_tier) AS tier,
       CASE WHEN days_ever = 0 THEN %(lifecycle_prospect)s
            WHEN silent > %(lost_after)s THEN %(lifecycle_lost)s
            WHEN silent > %(dormant_after)s THEN %(lifecycle_dormant)s
            WHEN purchase_days >= %(loyal_days)s AND r >= %(loyal_r)s THEN %(lifecycle_loyal)s
            WHEN days_ever = 1 THEN %(lifecycle_first_time)s
            ELSE %(lifecycle_repeat)s END AS lifecycle,
       %(warn_none)s::varchar(6) AS warning,
       recency, warning_before, COALESCE(last_on > last_on_before, FALSE) AS bought_since
FROM rated
LEFT JOIN segmentation_tieroverride o ON o.customer_id = rated.customer_id AND o.expires_on >= %(as_of)s
    AND o.created_at < %(known_before)s;
CREATE UNIQUE INDEX ON night_scores (customer_id);
ANALYZE night_scores;
