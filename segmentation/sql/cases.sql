-- Warning cases follow the levels: one open case per customer. Nothing here bumps `version`: the night never causes an
-- edit conflict. Won back: by a purchase since the case was opened, also by one of an earlier day that came in since.
SELECT set_config('segmentation.at_night', '1', TRUE);  -- these need not be noted (migration 0018)

UPDATE segmentation_churncase c
SET state = CASE WHEN s.lifecycle = %(lifecycle_lost)s THEN %(case_lost)s
                 WHEN s.won THEN %(case_won_back)s ELSE %(case_eased)s END,
    closed_at = %(now)s, closed_on = %(as_of)s
FROM (
    SELECT n.customer_id, n.lifecycle, n.warning, o.id,
           n.last_on > o.opened_on OR (n.bought_since AND o.opened_on < %(as_of)s) AS won
    FROM night_scores n JOIN segmentation_churncase o ON o.customer_id = n.customer_id AND o.closed_at IS NULL
) s
WHERE s.id = c.id AND (s.warning = %(warn_none)s OR s.won);

UPDATE segmentation_churncase c
SET level = w.level, level_since = CASE WHEN c.level = w.level THEN c.level_since ELSE %(as_of)s END,
    p_now = w.p_told, p_last = w.p_last, value_at_risk = w.value_at_risk
FROM (SELECT *, (average_order * COALESCE(p_last - p_told, 1))::bigint AS value_at_risk FROM night_watch) w
WHERE w.customer_id = c.customer_id AND c.closed_at IS NULL AND w.level <> %(warn_none)s
  AND (c.level, c.p_now, c.p_last, c.value_at_risk) IS DISTINCT FROM (w.level, w.p_told, w.p_last, w.value_at_risk);

INSERT INTO segmentation_churncase (customer_id, level, state, opened_on, opened_at, level_since, p_now, p_last,
                                    value_at_risk, close_reason, version)
SELECT w.customer_id, w.level, %(case_new)s, %(as_of)s, %(now)s, %(as_of)s, w.p_told, w.p_last,
       (w.average_order * COALESCE(w.p_last - w.p_told, 1))::bigint, '', 1
FROM night_watch w
JOIN night_scores s ON s.customer_id = w.customer_id
WHERE w.level <> %(warn_none)s AND NOT EXISTS (
    SELECT 1 FROM segmentation_churncase c WHERE c.customer_id = w.customer_id AND c.closed_at IS NULL)
  -- asked again, as in watch.sql: a person may have closed the case since
  AND NOT EXISTS (
    SELECT 1 FROM segmentation_churncase c WHERE c.customer_id = w.customer_id
    AND c.state IN (%(case_false_alarm)s, %(case_lost)s) AND c.closed_by_id IS NOT NULL AND s.last_on <= c.closed_on);

DELETE FROM segmentation_churnreason n USING segmentation_churncase c
WHERE c.id = n.case_id AND c.closed_at IS NULL
  AND EXISTS (SELECT 1 FROM night_watch w WHERE w.customer_id = c.customer_id)
  AND NOT EXISTS (SELECT 1 FROM night_reasons t WHERE t.customer_id = c.customer_id AND t.code = n.code);
INSERT INTO segmentation_churnreason (case_id, code, position, numbers)
SELECT c.id, t.code, t.position, t.numbers
FROM night_reasons t
JOIN segmentation_churncase c ON c.customer_id = t.customer_id AND c.closed_at IS NULL
ON CONFLICT (case_id, code) DO UPDATE SET numbers = excluded.numbers, position = excluded.position
WHERE (segmentation_churnreason.numbers, segmentation_churnreason.position)
      IS DISTINCT FROM (excluded.numbers, excluded.position);

SELECT set_config('segmentation.at_night', '', TRUE);
