-- The follow-ups to be made. due_on stays empty where the day has passed: those are dealt out in slots.sql, by
-- urgency. follow_up_id: one that stands and only moves.
DELETE FROM plan_new;

-- Win-back: open warnings without a task, unless somebody has planned something for the coming week or has reached the
-- customer since it opened.
INSERT INTO plan_new
SELECT p.customer_id, p.owner_id, %(source_warning)s, 'warning:' || w.id, m.method, %(reason_warning)s,
       jsonb_build_object('level', w.level, 'opened_on', w.opened_on, 'case', w.id), NULL,
       CASE w.level WHEN %(warn_red)s THEN 0 ELSE 1 END, COALESCE(w.value_at_risk, 0), NULL, p.own_time,
       COALESCE(NULLIF(p.own_purpose, ''), %(win_back_content)s)
FROM segmentation_churncase w
JOIN plan_customers p ON p.customer_id = w.customer_id AND p.phase <> %(stage_paused)s
-- As the customer likes to be reached; after a try without an answer by another way. Same as cadence.method_after.
CROSS JOIN LATERAL (SELECT COALESCE(NULLIF(p.own_method, ''), %(win_back_method)s) AS preferred) s
CROSS JOIN LATERAL (
    SELECT COALESCE(CASE WHEN p.unanswered = 0 THEN s.preferred WHEN s.preferred <> p.other_method THEN p.other_method
                         ELSE p.usual END, s.preferred) AS method
) m
WHERE w.closed_at IS NULL
  AND NOT (p.basis = %(basis_contact)s AND p.unanswered = 0 AND p.since > w.level_since)
  AND NOT EXISTS (SELECT 1 FROM followups_followup u WHERE u.source_key = 'warning:' || w.id)
  AND NOT EXISTS (SELECT 1 FROM followups_followup u
                  WHERE u.customer_id = w.customer_id AND u.state = %(state_open)s
                    AND ((u.source = %(source_manual)s OR u.reason ? 'chosen')
                        AND u.due_on <= %(today)s::date + %(week)s
                         OR u.source = %(source_complaint)s));

-- Revisit chain: where nothing stands, or the plan of the tier would come more than three days later.
INSERT INTO plan_new
SELECT p.customer_id, p.owner_id, %(source_revisit)s,
       'revisit:' || p.customer_id || ':' || p.revisits_from || ':' || p.chain_days,
       m.method, %(reason_revisit)s,
       jsonb_build_object('days', p.chain_days, 'first_order_on', p.first_order_on, 'order_on', p.revisits_from)
       || CASE WHEN o.work <> d.work
               THEN jsonb_build_object('moved_from', d.day, 'away', COALESCE(o.away::text, 'week'))
               ELSE '{}'::jsonb END
       -- The company has chosen other days for the chain: one stood for another day until now.
       || CASE WHEN e.due_on <> COALESCE(o.work, d.work)
               THEN jsonb_build_object('was', e.due_on, 'because', 'table') ELSE '{}'::jsonb END,
       COALESCE(o.work, d.work), 2, p.monetary, NULL, p.own_time,
       COALESCE(NULLIF(p.own_purpose, ''), s.content)
FROM plan_customers p
CROSS JOIN LATERAL (
    SELECT COALESCE(NULLIF(p.own_method, ''), (%(chain_methods)s::text[])[n.place]) AS preferred,
           (%(chain_contents)s::text[])[n.place] AS content
    FROM (SELECT array_position(%(chain)s::int[], p.chain_days) AS place) n
) s
CROSS JOIN LATERAL (
    SELECT COALESCE(CASE WHEN p.unanswered = 0 THEN s.preferred WHEN s.preferred <> p.other_method THEN p.other_method
                         ELSE p.usual END, s.preferred) AS method
) m
JOIN plan_days d ON d.day = greatest(p.revisits_from + p.chain_days, %(today)s::date)
LEFT JOIN plan_own_days o ON o.person_id = p.owner_id AND o.day = d.day
LEFT JOIN followups_followup u
       ON u.customer_id = p.customer_id AND u.state = %(state_open)s AND u.source = %(source_cadence)s
LEFT JOIN LATERAL (
    SELECT max(k.due_on) AS due_on FROM followups_followup k
    WHERE k.customer_id = p.customer_id AND k.source = %(source_revisit)s AND k.closed_at = %(now)s
      AND k.state = %(state_cancelled)s
) e ON TRUE
WHERE p.chain_days IS NOT NULL AND (u.id IS NULL OR NOT u.reason ? 'chosen')
  AND p.revisits_from + p.chain_days
      <= greatest(COALESCE(u.reckoned_on, u.due_on, p.plan_on, 'infinity'::date), %(today)s) + %(gives_way)s
  AND NOT EXISTS (SELECT 1 FROM followups_followup o
                  WHERE o.customer_id = p.customer_id AND o.state = %(state_open)s AND o.source <> %(source_cadence)s)
ON CONFLICT (customer_id) DO NOTHING;

-- Dates that moved into the past.
INSERT INTO plan_new
SELECT customer_id, owner_id, %(source_cadence)s, NULL, method, reason_code,
       reason || jsonb_build_object('was', was, 'because', because), NULL, 3 + tier_rank, monetary,
       plan_on, due_time, purpose, follow_up_id
FROM plan_moves WHERE due_on IS NULL
ON CONFLICT (customer_id) DO NOTHING;

-- The cadence: where nothing is open, or only what people planned for a day far off while the customer is overdue.
-- New customers are dealt out too: an import brings hundreds at once.
INSERT INTO plan_new
SELECT p.customer_id, p.owner_id, %(source_cadence)s, NULL, p.method, p.reason_code,
       p.reason || CASE WHEN u.next_on IS NULL THEN '{}'::jsonb ELSE jsonb_build_object('beside', u.next_on) END
                || CASE WHEN p.phase <> %(phase_new)s AND p.plan_on >= %(today)s AND w.day <> d.work
                        THEN jsonb_build_object('away', COALESCE(o.away::text, 'week')) ELSE '{}'::jsonb END,
       CASE WHEN p.phase <> %(phase_new)s AND p.plan_on >= %(today)s THEN COALESCE(w.day, p.plan_on) END,
       CASE WHEN p.phase = %(phase_new)s THEN 3
            WHEN p.phase IN (%(phase_first_contact)s, %(phase_needs)s, %(phase_proposal)s, %(phase_proposal_sent)s)
                THEN 4
            ELSE 5 + p.tier_rank END,
       p.monetary, p.plan_on, p.at_time, p.purpose
FROM plan_customers p
LEFT JOIN plan_days d ON d.day = p.plan_on
LEFT JOIN plan_own_days o ON o.person_id = p.owner_id AND o.day = p.plan_on
CROSS JOIN LATERAL (SELECT {own_day} AS day) w
LEFT JOIN LATERAL (
    SELECT min(due_on) AS next_on, bool_or(source <> %(source_manual)s) AS by_itself
    FROM followups_followup WHERE customer_id = p.customer_id AND state = %(state_open)s
) u ON TRUE
WHERE p.plan_on IS NOT NULL
  AND (u.next_on IS NULL
       OR NOT u.by_itself AND p.plan_on < %(today)s
          AND u.next_on > greatest(%(today)s::date + %(week)s, p.since + greatest(2 * p.longest, %(far)s)))
ON CONFLICT (customer_id) DO NOTHING;
ANALYZE plan_new;
