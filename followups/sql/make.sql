-- The new automatic follow-ups, after make_way.sql; where somebody was faster the unique index refuses a second one.
INSERT INTO followups_followup (customer_id, assignee_id, due_on, due_time, due_at, reckoned_on, method, purpose,
                                reason_code, reason, source, source_key, state, created_at, updated_at, version)
SELECT n.customer_id, n.owner_id, n.due_on, n.at_time, (n.due_on + n.at_time) AT TIME ZONE p.owner_zone,
       n.reckoned_on, n.method, COALESCE(n.purpose, ''), n.reason_code, n.reason, n.source, n.source_key,
       %(state_open)s, %(now)s, %(now)s, 1
FROM plan_new n JOIN plan_customers p ON p.customer_id = n.customer_id
JOIN customers_customer c ON c.id = n.customer_id AND c.stage = p.stage  -- who moved meanwhile is planned already
WHERE n.follow_up_id IS NULL
ORDER BY n.owner_id, n.due_on, n.urgency, n.customer_id
ON CONFLICT DO NOTHING;
