-- The chance to buy within the horizon on the day `on` of each row of `whom` and on its last order day, and the level
-- that follows from them and from the level before. Without parameters the chances are NULL. A piece: tonight of those
-- watched (watch.sql), and of the days ahead with tonight's level as the one before (ahead.sql).
-- chance: what is left of it, in steps; p_told: in whole percent, as warnings keep it.
-- Exponents are kept within +-600, where double precision neither over- nor underflows.
WITH params AS (
    SELECT %(r)s::float8 AS r, %(alpha)s::float8 AS alpha, %(a)s::float8 AS a, %(b)s::float8 AS b,
           %(horizon)s / 7.0::float8 AS h
), aged AS (
    SELECT w.*, w."on" - w.last_order_on AS silent,
           (w.last_order_on - w.first_on) / 7.0::float8 AS t_x, (w."on" - w.first_on) / 7.0::float8 AS age
    FROM {whom} w
), chances AS (
    SELECT e.*,
           1 / (1 + p.a / (p.b + e.x) * exp(LEAST(600, (p.r + e.x) * ln((p.alpha + e.age) / (p.alpha + e.t_x)))))
             * (1 - exp(GREATEST(-600, (p.r + e.x) * ln((p.alpha + e.age) / (p.alpha + e.age + p.h))))) AS p_now,
           1 / (1 + p.a / (p.b + e.x))
             * (1 - exp(GREATEST(-600, (p.r + e.x) * ln((p.alpha + e.t_x) / (p.alpha + e.t_x + p.h))))) AS p_last
    FROM aged e CROSS JOIN params p
    OFFSET 0  -- reckoned once: the planner would put these expressions in every place below that names them
)
SELECT customer_id, "on", x, first_on, last_order_on, silent, before, average_order, p_now, p_last,
       1 - p_now / p_last AS drop,
       LEAST(p_last, floor(100 * p_now + 0.5::float8) / 100) AS p_told,
       LEAST(100, %(step)s * floor(100 / %(step)s * (p_now / p_last) + 0.5::float8))::smallint AS chance,
       CASE WHEN %(by_model)s THEN
           CASE WHEN p_now < %(red_p)s AND 1 - p_now / p_last >= %(red_drop)s THEN %(warn_red)s
                WHEN before = %(warn_none)s THEN
                    CASE WHEN p_now < %(yellow_p)s AND 1 - p_now / p_last >= %(yellow_drop)s THEN %(warn_yellow)s
                         ELSE %(warn_none)s END
                WHEN p_now >= %(eased_p)s OR 1 - p_now / p_last < %(eased_drop)s THEN %(warn_none)s
                WHEN before = %(warn_red)s AND p_now < %(red_falls_p)s THEN %(warn_red)s
                ELSE %(warn_yellow)s END
           ELSE %(warn_none)s END::varchar(6) AS level,
       FALSE AS opened
FROM chances
