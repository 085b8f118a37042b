-- Cancelled in those nights, and not by a person, whose act would stand in the audit log.
UPDATE followups_followup u
SET state = %(state_open)s, closed_at = NULL, updated_at = %(now)s, version = u.version + 1
WHERE u.state = %(state_cancelled)s AND u.source <> %(source_manual)s AND u.closed_at BETWEEN %(began)s AND %(ended)s
  AND u.closed_by_interaction_id IS NULL
  AND NOT EXISTS (SELECT 1 FROM accounts_auditentry a
                  WHERE a.object_type = 'followups.followup' AND a.object_id = u.id
                    AND a.act IN ('follow_up.cancel', 'follow_up.reopen')
                    AND a.at BETWEEN %(began)s AND %(ended)s)
  AND NOT EXISTS (SELECT 1 FROM followups_followup o
                  WHERE o.customer_id = u.customer_id AND o.state = %(state_open)s AND o.source <> %(source_manual)s)
  AND u.id = (SELECT max(l.id) FROM followups_followup l
              WHERE l.customer_id = u.customer_id AND l.state = %(state_cancelled)s AND l.source <> %(source_manual)s
                AND l.closed_at BETWEEN %(began)s AND %(ended)s);
