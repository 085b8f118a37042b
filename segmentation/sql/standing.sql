-- What the further scores are made of, and the scores themselves, of night_subjects (docs/algorithms/scores.md).
-- Sums are taken in the order of segmentation/standing.py: equal in every bit, so that equal halves round alike.
DROP TABLE IF EXISTS night_talks;
CREATE TEMP TABLE night_talks ON COMMIT DROP AS
SELECT customer_id,
       (count(*) FILTER (WHERE ended AND direction = %(direction_out)s))::int AS tries,
       (count(*) FILTER (WHERE ended AND direction = %(direction_out)s AND NOT missed))::int AS answered,
       (count(*) FILTER (WHERE ended AND (direction = %(direction_in)s OR NOT missed)))::int AS reached,
       (count(*) FILTER (WHERE ended AND direction = %(direction_in)s))::int AS inbound,
       -- when the first of them leaves these days, or one of a later day comes among them
       LEAST(min(day) FILTER (WHERE ended) + %(days)s, min(day) FILTER (WHERE NOT ended)) AS moves_on
FROM (
    SELECT i.customer_id, i.direction, i.result = %(result_no_answer)s AS missed,
           i.occurred_at < %(talks_to)s AS ended, (i.occurred_at AT TIME ZONE %(zone)s)::date AS day
    FROM night_subjects s JOIN customers_interaction i ON i.customer_id = s.customer_id
    WHERE i.occurred_at >= %(talks_from)s AND i.deleted_at IS NULL AND NOT i.automatic
      AND i.direction IN (%(direction_in)s, %(direction_out)s)
) talks
GROUP BY customer_id;
CREATE UNIQUE INDEX ON night_talks (customer_id);
ANALYZE night_talks;

-- Of whom no order came into the window or left it, the number of products is that of the night before.
DROP TABLE IF EXISTS night_range;
CREATE TEMP TABLE night_range ON COMMIT DROP AS
SELECT customer_id, count(*)::int AS products
FROM (
    SELECT DISTINCT o.customer_id, l.product_id
    FROM sales_order o
    JOIN sales_orderline l ON l.order_id = o.id
    JOIN sales_product p ON p.id = l.product_id AND p.flag = ''
    WHERE o.ordered_on >= %(start)s AND o.ordered_on <= %(as_of)s AND o.deleted_at IS NULL AND o.amount > 0
      AND o.state = %(order_completed)s AND o.kind = %(order_kind_purchase)s AND {whose}
) bought
GROUP BY customer_id
UNION ALL
SELECT k.customer_id, k.products
FROM night_subjects s JOIN segmentation_scorebasis k ON k.customer_id = s.customer_id
WHERE NOT s.bought AND k.products IS NOT NULL;
CREATE UNIQUE INDEX ON night_range (customer_id);
ANALYZE night_range;

-- Points for industry and size: the mean of those that say anything, rounded half up.
DROP TABLE IF EXISTS night_size;
CREATE TEMP TABLE night_size ON COMMIT DROP AS
SELECT c.id AS customer_id,
       CASE WHEN i.points IS NULL OR z.points IS NULL THEN COALESCE(i.points, z.points)
            ELSE (i.points + z.points + 1) / 2 END::smallint AS size
FROM night_subjects s
JOIN customers_customer c ON c.id = s.customer_id
LEFT JOIN customers_industry i ON i.id = c.industry_id
LEFT JOIN customers_companysize z ON z.id = c.company_size_id
WHERE (c.industry_id IS NOT NULL OR c.company_size_id IS NOT NULL) AND COALESCE(i.points, z.points) IS NOT NULL;
CREATE UNIQUE INDEX ON night_size (customer_id);
ANALYZE night_size;

DROP TABLE IF EXISTS night_standing;
CREATE TEMP TABLE night_standing AS
WITH seen AS (
    SELECT s.customer_id, s.r, s.lifecycle,
           COALESCE(t.tries, 0) AS tries, COALESCE(t.answered, 0) AS answered, COALESCE(t.reached, 0) AS reached,
           COALESCE(t.inbound, 0) AS inbound,
           CASE WHEN s.first_on <= %(as_of)s::date - %(days)s THEN COALESCE(d.spend_now, 0) END AS spend_now,
           CASE WHEN s.first_on <= %(as_of)s::date - %(days)s THEN COALESCE(d.spend_before, 0) END AS spend_before,
           n.products, z.size, f.qualification,
           w.chance,
           (f.last_contact_at AT TIME ZONE %(zone)s)::date AS contact_on, f.contact_every_days AS contact_every,
           f.last_csat AS csat, f.last_nps AS nps, COALESCE(f.open_complaints, 0) AS complaints
    FROM night_scores s
    LEFT JOIN night_talks t ON t.customer_id = s.customer_id
    LEFT JOIN night_totals d ON d.customer_id = s.customer_id
    LEFT JOIN night_range n ON n.customer_id = s.customer_id
    LEFT JOIN night_watch w ON w.customer_id = s.customer_id
    LEFT JOIN customers_customerfacts f ON f.customer_id = s.customer_id
    LEFT JOIN night_size z ON z.customer_id = s.customer_id
    OFFSET 0  -- as below: reckoned once, not in every place that names it
), judged AS (
    SELECT seen.*,
           CASE WHEN csat IS NULL AND nps IS NULL THEN ''
                WHEN csat >= 4 OR nps >= 9 THEN %(satisfaction_satisfied)s
                WHEN csat <= 2 OR nps <= 6 THEN %(satisfaction_dissatisfied)s
                ELSE %(satisfaction_neutral)s END::varchar(12) AS satisfaction,
           CASE WHEN lifecycle = %(lifecycle_loyal)s THEN
                    CASE WHEN nps >= 9 THEN %(loyalty_advocate)s ELSE %(loyalty_behavioural)s END
                WHEN nps >= 9 THEN %(loyalty_emotional)s
                WHEN nps IS NULL THEN '' ELSE %(loyalty_none)s END::varchar(12) AS loyalty,
           CASE WHEN tries + inbound > 0 THEN
               floor(100 * (50 * LEAST(1::float8, reached / 6::float8)
                            + COALESCE(30 * (answered / NULLIF(tries, 0)::float8), 0)
                            + 20 * LEAST(1::float8, inbound / 2::float8))
                     / CASE WHEN tries > 0 THEN 100 ELSE 70 END + 0.5::float8) END::smallint AS interaction_score
    FROM seen
    OFFSET 0
), points AS (
    SELECT judged.*,
           5::float8 * r AS p_recency,
           CASE WHEN spend_now IS NULL OR (spend_now <= 0 AND spend_before <= 0) THEN NULL
                WHEN spend_before <= 0 THEN 20
                ELSE 20 * LEAST(1::float8, GREATEST(0, spend_now) / (2 * spend_before)::float8) END AS p_spend,
           interaction_score / 5::float8 AS p_interaction,
           CASE WHEN products > 0 THEN LEAST(10, 2 * products) END::float8 AS p_range,
           size::float8 AS p_size, qualification / 10::float8 AS p_qualification,
           40 * (chance / 100::float8) AS h_chance,
           CASE WHEN contact_on IS NOT NULL AND contact_every > 0 THEN
               GREATEST(0, 20 - 5 * GREATEST(0, 4 * (%(as_of)s::date - contact_on - contact_every) / contact_every))
               END::float8 AS h_contact,
           CASE satisfaction WHEN %(satisfaction_satisfied)s THEN 20 WHEN %(satisfaction_neutral)s THEN 10
                             WHEN %(satisfaction_dissatisfied)s THEN 0 END::float8 AS h_satisfaction,
           CASE WHEN complaints > 0 THEN 0 ELSE 20 END::float8 AS h_complaints
    FROM judged
)
SELECT customer_id, tries, answered, reached, inbound, spend_now, spend_before, products, size, chance, contact_on,
       contact_every, csat, nps, qualification, complaints, interaction_score, satisfaction, loyalty,
       floor(100 * (COALESCE(p_recency, 0) + COALESCE(p_spend, 0) + COALESCE(p_interaction, 0) + COALESCE(p_range, 0)
                    + COALESCE(p_size, 0) + COALESCE(p_qualification, 0))
             / NULLIF(CASE WHEN p_recency IS NULL THEN 0 ELSE 25 END + CASE WHEN p_spend IS NULL THEN 0 ELSE 20 END
                      + CASE WHEN p_interaction IS NULL THEN 0 ELSE 20 END
                      + CASE WHEN p_range IS NULL THEN 0 ELSE 10 END + CASE WHEN p_size IS NULL THEN 0 ELSE 15 END
                      + CASE WHEN p_qualification IS NULL THEN 0 ELSE 10 END, 0)
             + 0.5::float8)::smallint AS potential,
       CASE WHEN COALESCE(h_chance, h_contact, h_satisfaction) IS NOT NULL THEN
           floor(100 * (COALESCE(h_chance, 0) + COALESCE(h_contact, 0) + COALESCE(h_satisfaction, 0) + h_complaints)
                 / (CASE WHEN h_chance IS NULL THEN 0 ELSE 40 END + CASE WHEN h_contact IS NULL THEN 0 ELSE 20 END
                    + CASE WHEN h_satisfaction IS NULL THEN 0 ELSE 20 END + 20)
                 + 0.5::float8) END::smallint AS health
FROM points;
CREATE UNIQUE INDEX ON night_standing (customer_id);
ANALYZE night_standing;
