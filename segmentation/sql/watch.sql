-- Who can be warned (two order days, a purchase in the window, no open order, not called off by a person) with the
-- chance to buy within the horizon today and on the last order day. Without parameters p_now and p_last are NULL.
-- Exponents are kept within +-600, where double precision neither over- nor underflows.
DROP TABLE IF EXISTS night_watch;
CREATE TEMP TABLE night_watch ON COMMIT DROP AS
WITH params AS (
    SELECT %(r)s::float8 AS r, %(alpha)s::float8 AS alpha, %(a)s::float8 AS a, %(b)s::float8 AS b,
           %(horizon)s / 7.0::float8 AS h
), eligible AS (
    SELECT s.customer_id, s.x, %(as_of)s::date - s.last_order_on AS silent,
           (s.last_order_on - s.first_on) / 7.0::float8 AS t_x, (%(as_of)s::date - s.first_on) / 7.0::float8 AS age,
           CASE WHEN s.bought_since THEN %(warn_none)s ELSE s.warning_before END AS before,
           s.monetary / NULLIF(s.frequency, 0)::float8 AS average_order
    FROM night_scores s
    WHERE s.recency IS NOT NULL AND s.x >= 1
      AND NOT EXISTS (SELECT 1 FROM sales_order o WHERE o.customer_id = s.customer_id AND o.state = %(order_open)s
                      AND o.kind = %(order_kind_purchase)s AND o.deleted_at IS NULL AND o.ordered_on <= %(as_of)s)
      AND NOT EXISTS (SELECT 1 FROM segmentation_churncase c WHERE c.customer_id = s.customer_id
                      AND c.state IN (%(case_false_alarm)s, %(case_lost)s) AND c.closed_by_id IS NOT NULL
                      AND c.closed_at < %(known_before)s AND s.last_on <= c.closed_on)
), chances AS (
    SELECT e.*,
           1 / (1 + p.a / (p.b + e.x) * exp(LEAST(600, (p.r + e.x) * ln((p.alpha + e.age) / (p.alpha + e.t_x)))))
             * (1 - exp(GREATEST(-600, (p.r + e.x) * ln((p.alpha + e.age) / (p.alpha + e.age + p.h))))) AS p_now,
           1 / (1 + p.a / (p.b + e.x))
             * (1 - exp(GREATEST(-600, (p.r + e.x) * ln((p.alpha + e.t_x) / (p.alpha + e.t_x + p.h))))) AS p_last
    FROM eligible e CROSS JOIN params p
)
SELECT customer_id, silent, before, average_order, p_now, p_last, 1 - p_now / p_last AS drop,
       CASE WHEN %(by_model)s THEN
           CASE WHEN p_now < %(red_p)s AND 1 - p_now / p_last >= %(red_drop)s THEN %(warn_red)s
                WHEN before = %(warn_none)s THEN
                    CASE WHEN p_now < %(yellow_p)s AND 1 - p_now / p_last >= %(yellow_drop)s THEN %(warn_yellow)s
                         ELSE %(warn_none)s END
                WHEN p_now >= %(eased_p)s OR 1 - p_now / p_last < %(eased_drop)s THEN %(warn_none)s
                WHEN before = %(warn_red)s AND p_now < %(red_falls_p)s THEN %(warn_red)s
                ELSE %(warn_yellow)s END
           ELSE %(warn_none)s END::varchar(6) AS level
FROM chances;
CREATE UNIQUE INDEX ON night_watch (customer_id);
ANALYZE night_watch;
