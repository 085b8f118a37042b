-- Day, instant and reason of follow-ups that are moved together; their rows are locked, each with its own new values.
UPDATE followups_followup f
SET due_on = n.due_on, due_at = n.due_at, reason = n.reason::jsonb, snoozed_until = NULL,
    updated_at = %(now)s, updated_by_id = %(by)s, version = f.version + 1
FROM unnest(%(ids)s::bigint[], %(days)s::date[], %(moments)s::timestamptz[], %(reasons)s::text[])
     AS n (id, due_on, due_at, reason)
WHERE f.id = n.id;
