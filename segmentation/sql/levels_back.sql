-- The level that stood at the last remaining run, and since when, as the intervals tell it.
UPDATE segmentation_churncase c
SET level = s.warning, level_since = greatest(c.opened_on, s.since)
FROM (
    SELECT now.customer_id, now.warning, (
               SELECT min(i.valid_from) FROM segmentation_scoreinterval i
               WHERE i.customer_id = now.customer_id AND i.warning = now.warning
                 AND i.valid_from > COALESCE((
                     SELECT max(b.valid_from) FROM segmentation_scoreinterval b
                     WHERE b.customer_id = now.customer_id AND b.warning <> now.warning), '-infinity'::date)
           ) AS since
    FROM segmentation_scoreinterval now
    WHERE now.valid_to IS NULL AND now.warning <> %(warn_none)s
) s
WHERE s.customer_id = c.customer_id AND c.closed_at IS NULL AND c.level_since > %(after)s;
