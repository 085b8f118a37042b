-- The next day, up to `until`, on which something that is stored of a customer moves though nobody writes anything, as
-- far as days alone decide it. Orders that leave a span are found by their day (few.sql), chances by ahead.sql.
-- NULLIF(GREATEST(day, as_of), as_of) is the day if it lies ahead, else nothing.
DROP TABLE IF EXISTS night_due;
CREATE TEMP TABLE night_due AS
SELECT customer_id, day FROM (
    SELECT s.customer_id, LEAST(
        -- recency and lifecycle
        NULLIF(GREATEST(s.last_on + 1 + (%(cuts_r)s::int[])[1], %(as_of)s), %(as_of)s),
        NULLIF(GREATEST(s.last_on + 1 + (%(cuts_r)s::int[])[2], %(as_of)s), %(as_of)s),
        NULLIF(GREATEST(s.last_on + 1 + (%(cuts_r)s::int[])[3], %(as_of)s), %(as_of)s),
        NULLIF(GREATEST(s.last_on + 1 + (%(cuts_r)s::int[])[4], %(as_of)s), %(as_of)s),
        NULLIF(GREATEST(s.last_on + 1 + %(dormant_after)s, %(as_of)s), %(as_of)s),
        NULLIF(GREATEST(s.last_on + 1 + %(lost_after)s, %(as_of)s), %(as_of)s),
        NULLIF(GREATEST(t.moves_on, %(as_of)s), %(as_of)s),
        -- contact on plan: each quarter of the planned days, the last one is also when NO_CONTACT begins
        NULLIF(GREATEST(g.contact_on + g.contact_every + (g.contact_every + 3) / 4, %(as_of)s), %(as_of)s),
        NULLIF(GREATEST(g.contact_on + g.contact_every + (2 * g.contact_every + 3) / 4, %(as_of)s), %(as_of)s),
        NULLIF(GREATEST(g.contact_on + g.contact_every + (3 * g.contact_every + 3) / 4, %(as_of)s), %(as_of)s),
        NULLIF(GREATEST(g.contact_on + 2 * g.contact_every, %(as_of)s), %(as_of)s),
        -- reasons, of whom they are asked
        CASE WHEN c.intervals >= 3 AND c.median > 0 THEN
            NULLIF(GREATEST(w.last_order_on + ceil(%(cycle_ratio)s * c.median)::int, %(as_of)s), %(as_of)s) END,
        CASE WHEN c.customer_id IS NOT NULL THEN
            NULLIF(GREATEST(w.last_order_on + %(fixed_days)s, %(as_of)s), %(as_of)s) END,
        CASE WHEN c.customer_id IS NOT NULL THEN
            (SELECT min(d.day) FROM unnest(f.complaints_on) AS o(day)
             CROSS JOIN LATERAL (VALUES (o.day), (o.day + 180)) AS d(day) WHERE d.day > %(as_of)s) END
    ) AS day
    FROM night_scores s
    JOIN night_standing g ON g.customer_id = s.customer_id
    LEFT JOIN night_talks t ON t.customer_id = s.customer_id
    LEFT JOIN night_watch w ON w.customer_id = s.customer_id
    LEFT JOIN night_cycles c ON c.customer_id = s.customer_id
    LEFT JOIN customers_customerfacts f ON f.customer_id = c.customer_id
) found
WHERE day <= %(until)s;
