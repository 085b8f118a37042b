-- What a forecast adds up to, by owner and of all together. Before it is judged everybody counts as one to be judged.
DELETE FROM segmentation_forecastsum WHERE forecast_id = %(forecast)s;
INSERT INTO segmentation_forecastsum (forecast_id, whole, owner, percent, level, watched, fallen, customers, bought,
                                      left_out, value, value_left)
SELECT %(forecast)s, GROUPING(r.owner) = 1, r.owner, r.percent, r.level, r.watched, r.fallen,
       (count(*) FILTER (WHERE r.bought IS NOT NULL OR NOT %(judged)s))::int,
       (count(*) FILTER (WHERE r.bought))::int,
       (count(*) FILTER (WHERE r.bought IS NULL AND %(judged)s))::int,
       COALESCE(sum(r.value) FILTER (WHERE r.bought IS NOT NULL OR NOT %(judged)s), 0)::bigint,
       COALESCE(sum(r.value) FILTER (WHERE NOT r.bought), 0)::bigint
FROM segmentation_forecastrow r
WHERE r.forecast_id = %(forecast)s
GROUP BY GROUPING SETS (
    (r.owner, r.percent, r.level, r.watched, r.fallen), (r.percent, r.level, r.watched, r.fallen)
);
