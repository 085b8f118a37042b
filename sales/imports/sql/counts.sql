SELECT count(*) FILTER (WHERE action = 'new' AND total >= 0), count(*) FILTER (WHERE action = 'new' AND total < 0),
       count(*) FILTER (WHERE action = 'changed'), count(*) FILTER (WHERE action = 'same'), COALESCE(max(seq), 0),
       min(ordered_on) FILTER (WHERE action IN ('new', 'changed'))
FROM {orders};
