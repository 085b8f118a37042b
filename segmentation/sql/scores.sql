-- One row per customer of night_subjects: scores by the cut-points, groups by the 125 cells, tiers by the rule sets,
-- lifecycle. Warnings come later, and so do tiers by sets that look at further scores (`rate.sql`): here they are NULL.
DROP TABLE IF EXISTS night_scores;
CREATE TEMP TABLE night_scores AS
WITH base AS (
    SELECT c.id AS customer_id,
           CASE WHEN c.kind = %(kind_company)s THEN %(scheme_b2b)s ELSE %(scheme_b2c)s END AS tier_scheme,
           c.owner_id, c.team_id, c.channel_id, c.industry_id, c.company_size_id, c.market_standing_id,
           t.first_on, t.last_order_on, t.x, t.last_on, COALESCE(t.days_ever, 0) AS days_ever,
           COALESCE(t.frequency, 0) AS frequency, COALESCE(t.purchase_days, 0) AS purchase_days,
           COALESCE(t.monetary, 0) AS monetary,
           %(as_of)s::date - t.last_on AS silent,
           CASE WHEN t.last_on >= %(start)s THEN %(as_of)s::date - t.last_on END AS recency
    FROM night_subjects sub
    JOIN customers_customer c ON c.id = sub.customer_id
    LEFT JOIN night_totals t ON t.customer_id = sub.customer_id
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
    OFFSET 0  -- reckoned once: the planner would put these expressions in every place below that names them
), rated AS (
    SELECT s.*, COALESCE(g.segment8, '') AS segment8, COALESCE(g.group5, '') AS group5,
           COALESCE(g.grade4, '') AS grade4, COALESCE(g.segment11, '') AS segment11,
           -- Who buys no more keeps the tier, or where the set has it no more gets that of everybody else.
           CASE WHEN s.r IS NOT NULL THEN {rating}
                WHEN s.days_ever = 0 OR COALESCE(p.rated_tier, %(unrated)s) = %(unrated)s THEN %(unrated)s
                WHEN s.tier_scheme = %(scheme_b2b)s THEN
                    CASE WHEN p.rated_tier = ANY(%(tiers_b2b)s) THEN p.rated_tier ELSE %(last_b2b)s END
                WHEN p.rated_tier = ANY(%(tiers_b2c)s) THEN p.rated_tier ELSE %(last_b2c)s
           END::varchar(20) AS rated_tier,
           p.last_on AS last_on_before, COALESCE(p.warning, %(warn_none)s) AS warning_before
    FROM scored s
    LEFT JOIN night_cells g ON g.r = s.r AND g.f = s.f AND g.m = s.m
    LEFT JOIN night_before p ON p.customer_id = s.customer_id
)
SELECT rated.customer_id, owner_id, team_id, channel_id,
       first_on, last_order_on, x, last_on, frequency, purchase_days, monetary,
       r::smallint AS r, f::smallint AS f, m::smallint AS m, segment8, group5, grade4, segment11,
       rated.tier_scheme, rated_tier, COALESCE(o.tier, rated_tier) AS tier,
       CASE WHEN days_ever = 0 THEN %(lifecycle_prospect)s
            WHEN silent > %(lost_after)s THEN %(lifecycle_lost)s
            WHEN silent > %(dormant_after)s THEN %(lifecycle_dormant)s
            WHEN purchase_days >= %(loyal_days)s AND r >= %(loyal_r)s THEN %(lifecycle_loyal)s
            WHEN days_ever = 1 THEN %(lifecycle_first_time)s
            ELSE %(lifecycle_repeat)s END AS lifecycle,
       %(warn_none)s::varchar(6) AS warning,
       CASE WHEN purchase_days >= %(often)s THEN 'high' WHEN purchase_days >= %(now_and_then)s THEN 'mid'
            WHEN purchase_days > 0 THEN 'low' ELSE '' END AS frequency_class,
       CASE WHEN monetary > 0 AND %(large)s::bigint IS NOT NULL AND %(mid)s::bigint IS NOT NULL THEN
            CASE WHEN monetary >= %(large)s::bigint THEN 'large'
                 WHEN monetary >= %(mid)s::bigint THEN 'mid' ELSE 'small' END
            ELSE '' END AS amount_class,
       recency, warning_before, COALESCE(last_on > last_on_before, FALSE) AS bought_since
FROM rated
LEFT JOIN (
    -- Those that stood at the time, the latest of a customer.
    SELECT DISTINCT ON (customer_id) customer_id, tier_scheme, tier
    FROM segmentation_tieroverride
    WHERE expires_on >= %(as_of)s AND created_at < %(known_before)s AND NOT undone
      AND COALESCE(ended_at, 'infinity') >= %(known_before)s
    ORDER BY customer_id, id DESC
) o ON o.customer_id = rated.customer_id AND o.tier_scheme = rated.tier_scheme
    AND o.tier = ANY(CASE o.tier_scheme WHEN %(scheme_b2b)s THEN %(tiers_b2b)s ELSE %(tiers_b2c)s END);
CREATE UNIQUE INDEX ON night_scores (customer_id);
ANALYZE night_scores;
