-- What planning by the table of plan_customers would do: dates that move, dates that end, customers who get one.
SELECT count(*) FILTER (WHERE a.id IS NOT NULL AND p.plan_on IS NOT NULL
                          AND a.reckoned_on IS DISTINCT FROM p.plan_on
                          AND NOT (p.plan_on < %(today)s AND a.due_on <= %(today)s)),
       count(*) FILTER (WHERE a.id IS NOT NULL AND p.plan_on IS NULL),
       count(*) FILTER (WHERE p.plan_on IS NOT NULL
                          AND NOT EXISTS (SELECT 1 FROM followups_followup o
                                          WHERE o.customer_id = p.customer_id AND o.state = %(state_open)s))
FROM plan_customers p
LEFT JOIN followups_followup a ON a.customer_id = p.customer_id AND a.state = %(state_open)s
      AND a.source = %(source_cadence)s AND NOT a.reason ? 'chosen';
