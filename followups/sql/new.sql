-- The follow-ups to be made. due_on stays empty where the day has passed: those are dealt out in slots.sql, by urgency.
DROP TABLE IF EXISTS plan_new;
CREATE TEMP TABLE plan_new (
    customer_id bigint PRIMARY KEY, owner_id bigint, source varchar, source_key varchar, method varchar,
    reason_code varchar, reason jsonb, due_on date, urgency int, worth bigint
) ON COMMIT DROP;

-- Win-back: open warnings without a task, unless somebody has planned something for the coming week.
INSERT INTO plan_new
SELECT p.customer_id, p.owner_id, %(source_warning)s, 'warning:' || w.id, %(method_call)s, %(reason_warning)s,
       jsonb_build_object('level', w.level, 'opened_on', w.opened_on, 'case', w.id), NULL,
       CASE w.level WHEN %(warn_red)s THEN 0 ELSE 1 END, COALESCE(w.value_at_risk, 0)
FROM segmentation_churncase w
JOIN plan_customers p ON p.customer_id = w.customer_id
WHERE w.closed_at IS NULL
  AND NOT EXISTS (SELECT 1 FROM followups_followup u WHERE u.source_key = 'warning:' || w.id)
  AND NOT EXISTS (SELECT 1 FROM followups_followup u
                  WHERE u.customer_id = w.customer_id AND u.state = %(state_open)s
                    AND ((u.source = %(source_manual)s AND u.due_on <= %(today)s::date + %(week)s)
                         OR u.source = %(source_complaint)s));

-- Revisit chain: where nothing stands, or the plan of the tier would come more than three days later.
INSERT INTO plan_new
SELECT p.customer_id, p.owner_id, %(source_revisit)s,
       'revisit:' || p.customer_id || ':' || p.first_order_on || ':' || p.chain_days,
       %(method_call)s, %(reason_revisit)s,
       jsonb_build_object('days', p.chain_days, 'first_order_on', p.first_order_on),
       greatest(d.work, %(today)s::date), 2, p.monetary
FROM plan_customers p
JOIN plan_days d ON d.day = greatest(p.first_order_on + p.chain_days, %(today)s::date)
LEFT JOIN followups_followup u
       ON u.customer_id = p.customer_id AND u.state = %(state_open)s AND u.source = %(source_cadence)s
WHERE p.chain_days IS NOT NULL
  AND p.first_order_on + p.chain_days <= COALESCE(u.due_on, p.plan_on, 'infinity'::date) + %(gives_way)s
  AND NOT EXISTS (SELECT 1 FROM followups_followup o
                  WHERE o.customer_id = p.customer_id AND o.state = %(state_open)s AND o.source <> %(source_cadence)s)
ON CONFLICT (customer_id) DO NOTHING;

-- Default plan of the tier: where nothing is open.
INSERT INTO plan_new
SELECT p.customer_id, p.owner_id, %(source_cadence)s, NULL, p.method, %(reason_tier_plan)s,
       jsonb_build_object('every_days', p.every_days, 'basis', p.basis, 'since', p.since),
       d.work, 3 + p.tier_rank, p.monetary
FROM plan_customers p
LEFT JOIN plan_days d ON d.day = p.plan_on
WHERE p.every_days IS NOT NULL
  AND NOT EXISTS (SELECT 1 FROM followups_followup u WHERE u.customer_id = p.customer_id AND u.state = %(state_open)s)
ON CONFLICT (customer_id) DO NOTHING;
ANALYZE plan_new;
