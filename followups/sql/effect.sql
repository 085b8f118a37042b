-- What planning by the table of plan_customers would do: dates that move, dates that end, customers who get one.
DROP TABLE IF EXISTS plan_effect;
CREATE TEMP TABLE plan_effect ON COMMIT DROP AS
SELECT p.customer_id, a.due_on AS was, p.plan_on AS becomes,
       a.reason_code = %(reason_review)s AS was_review,
       p.plan_on IS NOT NULL AND p.reason_code = %(reason_review)s AS becomes_review,
       CASE WHEN a.id IS NULL THEN 'begun' WHEN p.plan_on IS NULL THEN 'ended' ELSE 'moved' END AS what
FROM plan_customers p
LEFT JOIN followups_followup a ON a.customer_id = p.customer_id AND a.state = %(state_open)s
      AND a.source = %(source_cadence)s AND NOT a.reason ? 'chosen'
WHERE CASE WHEN a.id IS NULL
           THEN p.plan_on IS NOT NULL AND NOT EXISTS (SELECT 1 FROM followups_followup o
                                                      WHERE o.customer_id = p.customer_id AND o.state = %(state_open)s)
           ELSE p.plan_on IS NULL OR (a.reckoned_on IS DISTINCT FROM p.plan_on
                                      AND NOT (p.plan_on < %(today)s AND a.due_on <= %(today)s)) END;
SELECT count(*) FILTER (WHERE what = 'moved'), count(*) FILTER (WHERE what = 'ended'),
       count(*) FILTER (WHERE what = 'begun')
FROM plan_effect;
