-- Reasons that were switched on as openers make yellow by themselves; then every level goes to its customer.
UPDATE night_watch w SET level = %(warn_yellow)s, opened = TRUE
WHERE w.level = %(warn_none)s AND EXISTS (
    SELECT 1 FROM night_reasons n WHERE n.customer_id = w.customer_id AND n.code = ANY(%(openers)s::varchar[]));
UPDATE night_scores s SET warning = w.level
FROM night_watch w
WHERE w.customer_id = s.customer_id AND w.level <> %(warn_none)s;
ANALYZE night_scores;
