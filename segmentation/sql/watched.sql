-- Who can be warned: two order days, a purchase in the window, no open order, not called off by a person.
DROP TABLE IF EXISTS night_watched;
CREATE TEMP TABLE night_watched ON COMMIT DROP AS
SELECT s.customer_id, %(as_of)s::date AS "on", s.x, s.first_on, s.last_order_on,
       CASE WHEN s.bought_since THEN %(warn_none)s ELSE s.warning_before END AS before,
       s.monetary / NULLIF(s.frequency, 0)::float8 AS average_order
FROM night_scores s
WHERE s.recency IS NOT NULL AND s.x >= 1
  AND NOT EXISTS (SELECT 1 FROM sales_order o WHERE o.customer_id = s.customer_id AND o.state = %(order_open)s
                  AND o.kind = %(order_kind_purchase)s AND o.deleted_at IS NULL AND o.ordered_on <= %(as_of)s)
  AND NOT EXISTS (SELECT 1 FROM segmentation_churncase c WHERE c.customer_id = s.customer_id
                  AND c.state IN (%(case_false_alarm)s, %(case_lost)s) AND c.closed_by_id IS NOT NULL
                  AND c.closed_at < %(known_before)s AND s.last_on <= c.closed_on);
ANALYZE night_watched;
