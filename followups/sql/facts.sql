-- What lists and the churn reasons read: the next planned day, and after how many days a contact is due at the latest.
-- Who plans for a customer at this moment holds its facts, waits for the follow-ups written here and then writes the
-- facts anew: those are left out, or the two would wait for each other.
WITH n AS MATERIALIZED (
    SELECT k.customer_id, p.longest AS contact_every_days, min(u.due_on) AS next_follow_up_on
    FROM customers_customerfacts k
    LEFT JOIN plan_customers p ON p.customer_id = k.customer_id
    LEFT JOIN followups_followup u ON u.customer_id = k.customer_id AND u.state = %(state_open)s
    WHERE %(only)s::bigint[] IS NULL OR k.customer_id = ANY(%(only)s::bigint[])
    GROUP BY k.customer_id, p.longest
), free AS MATERIALIZED (
    SELECT f.customer_id
    FROM customers_customerfacts f JOIN n ON n.customer_id = f.customer_id
    WHERE ({f.facts}) IS DISTINCT FROM ({n.facts})
    FOR UPDATE OF f SKIP LOCKED
)
UPDATE customers_customerfacts f
SET ({facts}) = ROW ({n.facts})
FROM n JOIN free ON free.customer_id = n.customer_id
WHERE n.customer_id = f.customer_id;
