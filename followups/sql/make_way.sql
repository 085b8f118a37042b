-- A new automatic follow-up takes the place of a standing one of lower precedence, and those that move get their new
-- day; somebody logging at this very moment wins: what is newer than this run stands. A day that a person chose stays
-- beside it, as theirs.
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
SET due_on = n.due_on, reckoned_on = n.reckoned_on, method = n.method, purpose = n.purpose,
    reason = CASE WHEN n.due_on::text = u.reason ->> 'was' THEN n.reason - 'was' - 'because' ELSE n.reason END,
    reason_code = n.reason_code, due_time = n.at_time, due_at = (n.due_on + n.at_time) AT TIME ZONE p.owner_zone,
    updated_at = %(now)s, version = u.version + 1
FROM plan_new n
JOIN plan_moves m ON m.follow_up_id = n.follow_up_id
JOIN plan_customers p ON p.customer_id = n.customer_id
WHERE u.id = n.follow_up_id AND u.version = m.version AND u.state = %(state_open)s;
