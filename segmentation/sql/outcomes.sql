-- Histories known at `known`, and whether the customer bought in the days after it up to `until`: unique rows with
-- counts.
SELECT x, t_x, age, bought, count(*) FROM (
    SELECT count(*) FILTER (WHERE day <= %(known)s) - 1 AS x,
           max(day) FILTER (WHERE day <= %(known)s) - min(day) AS t_x, %(known)s::date - min(day) AS age,
           bool_or(day > %(known)s) AS bought
    FROM night_days
    WHERE orders > 0 AND day <= %(until)s AND (hashint8(customer_id) & 2147483647) %% 1000 < %(share)s
    GROUP BY customer_id
    HAVING min(day) <= %(known)s
) histories
GROUP BY x, t_x, age, bought;
