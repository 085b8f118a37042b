-- What lists and the churn reasons read: the next planned day, and after how many days a contact is due at the latest.
-- These rows are held since before the follow-ups were read (followups/locks.py): nobody has written either meanwhile.
UPDATE customers_customerfacts f
SET ({facts}) = ROW ({n.facts})
FROM (
    SELECT k.customer_id, p.longest AS contact_every_days,
           (SELECT min(u.due_on) FROM followups_followup u
            WHERE u.customer_id = k.customer_id AND u.state = %(state_open)s) AS next_follow_up_on
    FROM customers_customerfacts k
    LEFT JOIN plan_customers p ON p.customer_id = k.customer_id
    WHERE k.customer_id = ANY(%(only)s::bigint[])
) n
WHERE n.customer_id = f.customer_id AND ({f.facts}) IS DISTINCT FROM ({n.facts});
