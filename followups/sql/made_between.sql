SELECT id FROM followups_followup
WHERE created_by_id IS NULL AND source <> %(source_manual)s AND created_at BETWEEN %(began)s AND %(ended)s;
