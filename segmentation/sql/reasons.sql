-- Coded reasons with their numbers of who is warned, or of all watched where reasons warn, in the order in which they
-- are shown. A silence is kept by the day it began on: how long it lasts is reckoned by who says it (wording.py).
-- Reasons that read today's facts (contact, complaints, answers) are left out of runs about the past.
DROP TABLE IF EXISTS night_asked;
CREATE TEMP TABLE night_asked ON COMMIT DROP AS
SELECT customer_id FROM night_watch WHERE %(of_all)s OR level <> %(warn_none)s;
ANALYZE night_asked;

DROP TABLE IF EXISTS night_halves;
CREATE TEMP TABLE night_halves ON COMMIT DROP AS
SELECT d.customer_id,
       (count(*) FILTER (WHERE d.bought > 0 AND d.day > %(as_of)s::date - 180))::int AS days_last,
       (count(*) FILTER (WHERE d.bought > 0 AND d.day <= %(as_of)s::date - 180))::int AS days_before,
       COALESCE(sum(d.net) FILTER (WHERE d.day > %(as_of)s::date - 180), 0)::bigint AS net_last,
       COALESCE(sum(d.net) FILTER (WHERE d.day <= %(as_of)s::date - 180), 0)::bigint AS net_before
FROM night_days d JOIN night_asked a ON a.customer_id = d.customer_id
WHERE d.day > %(as_of)s::date - 360
GROUP BY d.customer_id;
CREATE UNIQUE INDEX ON night_halves (customer_id);
ANALYZE night_halves;

DROP TABLE IF EXISTS night_usual;
CREATE TEMP TABLE night_usual ON COMMIT DROP AS
SELECT o.customer_id, percentile_cont(0.5) WITHIN GROUP (ORDER BY o.amount) AS median_order
FROM sales_order o JOIN night_asked a ON a.customer_id = o.customer_id
WHERE o.deleted_at IS NULL AND o.state = %(order_completed)s AND o.kind = %(order_kind_purchase)s AND o.amount > 0
  AND o.ordered_on <= %(as_of)s
GROUP BY o.customer_id;
CREATE UNIQUE INDEX ON night_usual (customer_id);
ANALYZE night_usual;

DROP TABLE IF EXISTS night_reasons;
CREATE TEMP TABLE night_reasons ON COMMIT DROP AS
WITH signs AS (
    SELECT w.customer_id, w.silent, w.p_told, w.p_last, w.drop, c.intervals, c.median,
           COALESCE(h.days_last, 0) AS days_last, COALESCE(h.days_before, 0) AS days_before,
           COALESCE(h.net_last, 0) AS net_last, COALESCE(h.net_before, 0) AS net_before, u.median_order,
           CASE WHEN %(current)s THEN (f.last_contact_at AT TIME ZONE %(zone)s)::date END AS contact_on,
           f.contact_every_days,
           CASE WHEN %(current)s THEN f.open_complaints ELSE 0 END AS open_complaints,
           CASE WHEN %(current)s THEN
               (SELECT count(*) FROM unnest(f.complaints_on) AS day
                WHERE day > %(as_of)s::date - 180 AND day <= %(as_of)s::date) ELSE 0 END AS recent_complaints,
           CASE WHEN %(current)s THEN f.last_csat END AS csat
    FROM night_asked a
    JOIN night_watch w ON w.customer_id = a.customer_id
    JOIN night_cycles c ON c.customer_id = w.customer_id
    LEFT JOIN night_halves h ON h.customer_id = w.customer_id
    LEFT JOIN night_usual u ON u.customer_id = w.customer_id
    LEFT JOIN customers_customerfacts f ON f.customer_id = w.customer_id
)
SELECT customer_id, found.code, found.position::smallint AS position, found.numbers
FROM signs CROSS JOIN LATERAL (VALUES
    ('SILENT_VS_CYCLE', 1, intervals >= 3 AND median > 0 AND silent >= %(cycle_ratio)s * median,
     jsonb_build_object('median', median, 'since', %(as_of)s::date - silent)),
    ('DROP', 2, drop >= %(yellow_drop)s,
     jsonb_build_object('horizon', %(horizon)s, 'p_last', p_last, 'p_now', p_told)),
    ('LONG_SILENT', 3, silent >= %(fixed_days)s, jsonb_build_object('since', %(as_of)s::date - silent)),
    ('FREQ_DOWN', 4, days_before >= 3 AND 2 * days_last < days_before,
     jsonb_build_object('now', days_last, 'before', days_before)),
    ('AMOUNT_DOWN', 5, 2 * net_last < net_before AND net_before >= median_order,
     jsonb_build_object('now', net_last, 'before', net_before)),
    ('NO_CONTACT', 6, contact_every_days > 0 AND %(as_of)s::date - contact_on >= 2 * contact_every_days,
     jsonb_build_object('since', contact_on, 'planned', contact_every_days)),
    ('COMPLAINT', 7, open_complaints >= 1 OR recent_complaints >= 2,
     jsonb_build_object('open', COALESCE(open_complaints, 0), 'recent', COALESCE(recent_complaints, 0))),
    ('LOW_SCORE', 8, csat <= 2, jsonb_build_object('csat', csat))
) AS found (code, position, holds, numbers)
WHERE found.holds;
CREATE INDEX ON night_reasons (customer_id);
ANALYZE night_reasons;
