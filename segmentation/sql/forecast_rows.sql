-- What was predicted, a row per customer of night_watch. `kept`: the level and who can be warned are those of the
-- night, else a warning opens by what was reckoned, of whoever has two order days. The tier is that of the scores of
-- the day.
INSERT INTO segmentation_forecastrow (forecast_id, customer_id, owner, percent, level, watched, fallen, value,
                                      tier_scheme, tier)
SELECT %(forecast)s, f.customer_id, f.owner_id, f.percent, CASE WHEN f.watched THEN f.level ELSE %(warn_none)s END,
       f.watched, f.watched AND COALESCE(f.drop >= %(yellow_drop)s, FALSE), CASE WHEN f.watched THEN f.value END,
       f.tier_scheme, f.tier
FROM (
    SELECT w.customer_id, c.owner_id, w.drop, floor(100 * w.p_now)::smallint AS percent,
           CASE WHEN %(kept)s THEN i.warning ELSE w.level END AS level,
           (w.average_order * COALESCE(w.p_last - w.p_told, 1))::bigint AS value,
           COALESCE(i.tier_scheme, '') AS tier_scheme, COALESCE(i.tier, '') AS tier,
           w.x >= 1 AND (NOT %(kept)s OR i.warning <> %(warn_none)s OR (
               NOT EXISTS (SELECT 1 FROM sales_order o WHERE o.customer_id = w.customer_id AND o.state = %(order_open)s
                           AND o.kind = %(order_kind_purchase)s AND o.deleted_at IS NULL AND o.ordered_on <= %(as_of)s)
               AND NOT EXISTS (SELECT 1 FROM segmentation_churncase k WHERE k.customer_id = w.customer_id
                               AND k.state IN (%(case_false_alarm)s, %(case_lost)s) AND k.closed_by_id IS NOT NULL
                               AND i.last_on <= k.closed_on)
           )) AS watched
    FROM night_watch w
    JOIN customers_customer c ON c.id = w.customer_id
    LEFT JOIN segmentation_scoreinterval i ON i.customer_id = w.customer_id
        AND i.valid_from <= %(as_of)s AND (i.valid_to IS NULL OR i.valid_to >= %(as_of)s)
) f;
