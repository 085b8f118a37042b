-- A new automatic follow-up takes the place of a standing one of lower precedence; somebody logging at this very moment
-- wins: what is newer than this run stands, and the unique index refuses a second one.
UPDATE followups_followup u
SET state = %(state_cancelled)s, closed_at = %(now)s, updated_at = %(now)s, version = u.version + 1
FROM plan_new n
WHERE n.customer_id = u.customer_id AND u.state = %(state_open)s AND u.source <> %(source_manual)s
  AND u.created_at <= %(now)s;

INSERT INTO followups_followup (customer_id, assignee_id, due_on, method, purpose, reason_code, reason, source,
                                source_key, state, created_at, updated_at, version)
SELECT customer_id, owner_id, due_on, method, '', reason_code, reason, source, source_key, %(state_open)s, %(now)s,
       %(now)s, 1
FROM plan_new
ORDER BY owner_id, due_on, urgency, customer_id
ON CONFLICT DO NOTHING;
