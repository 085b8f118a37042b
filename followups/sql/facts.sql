-- What lists and the churn reasons read: the next planned day, and how often the plan wants a contact.
UPDATE customers_customerfacts f
SET ({facts}) = ROW ({n.facts})
FROM (
    SELECT k.customer_id, r.every_days AS contact_every_days, min(u.due_on) AS next_follow_up_on
    FROM customers_customerfacts k
    JOIN customers_customer c ON c.id = k.customer_id
    LEFT JOIN followups_followup u ON u.customer_id = k.customer_id AND u.state = %(state_open)s
    LEFT JOIN followups_planrule r
           ON r.is_active AND r.tier = k.tier
          AND r.scheme = CASE WHEN c.kind = %(kind_company)s THEN %(scheme_b2b)s ELSE %(scheme_b2c)s END
    GROUP BY k.customer_id, r.every_days
) n
WHERE n.customer_id = f.customer_id AND ({f.facts}) IS DISTINCT FROM ({n.facts});
