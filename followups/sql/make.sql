-- A new automatic follow-up takes the place of a standing one of lower precedence; somebody logging at this very moment
-- wins: what is newer than this run stands, and the unique index refuses a second one.
-- A day that a person chose stays beside it, as theirs.
UPDATE followups_followup u
SET source = %(source_manual)s, updated_at = %(now)s, version = u.version + 1
FROM plan_new n
WHERE n.customer_id = u.customer_id AND u.state = %(state_open)s AND u.source <> %(source_manual)s
  AND u.created_at <= %(now)s AND n.follow_up_id IS NULL AND u.reason ? 'chosen';

UPDATE followups_followup u
SET state = %(state_cancelled)s, closed_at = %(now)s, updated_at = %(now)s, version = u.version + 1
FROM plan_new n
WHERE n.customer_id = u.customer_id AND u.state = %(state_open)s AND u.source <> %(source_manual)s
  AND u.created_at <= %(now)s AND n.follow_up_id IS NULL AND n.source <> %(source_cadence)s;

UPDATE followups_followup u
SET due_on = n.due_on, reckoned_on = n.reckoned_on, method = n.method, purpose = n.purpose, reason = n.reason,
    reason_code = n.reason_code, due_time = NULL, due_at = NULL, updated_at = %(now)s, version = u.version + 1
FROM plan_new n JOIN plan_moves m ON m.follow_up_id = n.follow_up_id
WHERE u.id = n.follow_up_id AND u.version = m.version AND u.state = %(state_open)s;

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
