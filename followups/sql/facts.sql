-- What lists and the churn reasons read: the next planned day, and after how many days a contact is due at the latest.
-- These rows are held since before the follow-ups were read (followups/locks.py): nobody has written either meanwhile.
UPDATE customers_customerfacts f
SET ({facts}) = ROW ({n.facts})
FROM (
    SELECT k.customer_id, p.longest AS contact_every_days, u.next_follow_up_on
    FROM unnest(%(only)s::bigint[]) AS k (customer_id)
    LEFT JOIN plan_customers p ON p.customer_id = k.customer_id
    LEFT JOIN (SELECT customer_id, min(due_on) AS next_follow_up_on FROM followups_followup
               WHERE customer_id = ANY(%(only)s::bigint[]) AND state = %(state_open)s GROUP BY customer_id) u
           ON u.customer_id = k.customer_id
) n
WHERE n.customer_id = f.customer_id AND ({f.facts}) IS DISTINCT FROM ({n.facts});
