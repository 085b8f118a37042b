-- Whose own day (birthday, founding, first order) comes within the week; texts are months and days as files hold them.
DROP TABLE IF EXISTS occasion_days, occasion_found;
CREATE TEMP TABLE occasion_days ON COMMIT DROP AS
SELECT * FROM unnest(%(texts)s::text[], %(codes)s::int[], %(days)s::date[], %(contacts)s::date[])
              AS t(text, code, day, contact);
CREATE TEMP TABLE occasion_found ON COMMIT DROP AS
SELECT c.id AS customer_id, c.owner_id, d.day, d.contact AS due_on
FROM customers_customer c
LEFT JOIN customers_customerfacts f ON f.customer_id = c.id
JOIN occasion_days d ON CASE %(what)s
    WHEN %(what_birthday)s THEN right(c.birthday, 5) = d.text
         AND d.code = CASE WHEN NOT c.birthday_is_lunar THEN 0 WHEN c.birthday_leap_month THEN 2 ELSE 1 END
    WHEN %(what_founded)s THEN d.code = 0 AND to_char(c.founded_on, 'MM-DD') = d.text AND c.founded_on < d.day
    ELSE d.code = 0 AND to_char(f.first_order_on, 'MM-DD') = d.text AND f.first_order_on < d.day END
WHERE c.deleted_at IS NULL AND c.owner_id IS NOT NULL;
