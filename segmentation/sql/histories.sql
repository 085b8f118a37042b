-- Unique purchase histories known at `known` with the number of customers: x, age at the last order day and age, days.
-- `share` of 1000 customers are taken, always the same ones.
SELECT x, t_x, age, count(*) FROM (
    SELECT count(*) - 1 AS x, max(day) - min(day) AS t_x, %(known)s::date - min(day) AS age
    FROM night_days
    WHERE orders > 0 AND day <= %(known)s AND (hashint8(customer_id) & 2147483647) %% 1000 < %(share)s
    GROUP BY customer_id
) histories
GROUP BY x, t_x, age;
