-- Of those found: customers who may be contacted and aren't planned for it already, nor by a person about that day, nor
-- for something more urgent. A contact of the cadence that comes later gives way; one that comes earlier is made first.
DROP TABLE IF EXISTS occasion_new;
CREATE TEMP TABLE occasion_new ON COMMIT DROP AS
SELECT n.customer_id, n.owner_id, n.day, n.due_on, u.id AS gives_way,
       'care:' || %(occasion)s || ':' || n.customer_id || ':' || extract(year FROM n.day) AS source_key
FROM occasion_found n
JOIN customers_customer c ON c.id = n.customer_id
JOIN accounts_user p ON p.id = c.owner_id AND p.is_active
LEFT JOIN customers_customerfacts f ON f.customer_id = c.id
LEFT JOIN followups_followup u
       ON u.customer_id = c.id AND u.state = %(state_open)s AND u.source <> %(source_manual)s
WHERE NOT c.do_not_contact AND c.stage <> %(stage_paused)s
  AND COALESCE(f.lifecycle, %(lifecycle_prospect)s) <> %(lifecycle_lost)s
  AND (%(kind)s = '' OR c.kind = %(kind)s)
  AND (%(tiers)s::text[] = '{}' OR COALESCE(f.tier, %(unrated)s) = ANY(%(tiers)s::text[]))
  AND (%(industry)s::bigint IS NULL OR c.industry_id = %(industry)s)
  AND (u.id IS NULL OR (u.source = %(source_cadence)s AND NOT u.reason ? 'chosen'
                        AND (u.due_on >= n.due_on OR n.due_on <= %(today)s)))
  AND NOT EXISTS (SELECT 1 FROM followups_followup k
                  WHERE k.source_key = 'care:' || %(occasion)s || ':' || n.customer_id || ':'
                                       || extract(year FROM n.day))
  AND NOT EXISTS (SELECT 1 FROM followups_followup m
                  WHERE m.customer_id = n.customer_id AND m.state = %(state_open)s AND m.source = %(source_manual)s
                    AND m.due_on BETWEEN n.due_on - %(near)s AND n.due_on + %(near)s);

-- First the facts, as everybody who plans does (followups/locks.py).
SELECT FROM customers_customerfacts WHERE customer_id IN (SELECT customer_id FROM occasion_new)
ORDER BY customer_id FOR NO KEY UPDATE;

UPDATE followups_followup u
SET state = %(state_cancelled)s, closed_at = %(now)s, updated_at = %(now)s, version = u.version + 1
FROM occasion_new n
WHERE u.id = n.gives_way AND u.state = %(state_open)s;

INSERT INTO followups_followup (customer_id, assignee_id, due_on, method, purpose, reason_code, reason, source,
                                source_key, state, created_at, updated_at, version)
SELECT customer_id, owner_id, due_on, %(method)s, %(content)s, %(reason_occasion)s,
       jsonb_build_object('what', %(what)s, 'name', %(name)s, 'day', day), %(source_care)s, source_key, %(state_open)s,
       %(now)s, %(now)s, 1
FROM occasion_new
ORDER BY owner_id, due_on, customer_id
ON CONFLICT DO NOTHING;
