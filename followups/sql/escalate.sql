-- Each open follow-up that has lain for so many working days reaches each step once for the day it was due on: a row
-- that is there stays as it is. A customer in the recycle bin and a person who has left count for nothing here; what a
-- person who left had to do is passed on another way.
INSERT INTO followups_escalation (follow_up_id, due_on, step, assignee_id, proposed_id, reached_on, answer)
SELECT f.id, f.due_on, reached.step, f.assignee_id,
       CASE WHEN reached.step = %(step_proposal)s AND owner.is_active AND owner.id <> f.assignee_id THEN owner.id END,
       %(day)s, ''
  FROM followups_followup f
  JOIN customers_customer c ON c.id = f.customer_id AND c.deleted_at IS NULL
  JOIN accounts_user person ON person.id = f.assignee_id AND person.is_active
  LEFT JOIN accounts_user owner ON owner.id = c.owner_id
  LEFT JOIN jsonb_to_recordset(%(apart)s::jsonb) AS own(person bigint, lead date, manager date, proposal date)
         ON own.person = f.assignee_id
  JOIN LATERAL (VALUES (%(step_lead)s, COALESCE(own.lead, %(lead)s::date)),
                       (%(step_manager)s, COALESCE(own.manager, %(manager)s::date)),
                       (%(step_proposal)s, COALESCE(own.proposal, %(proposal)s::date))) AS reached(step, until)
       ON f.due_on <= reached.until
 WHERE f.state = %(state_open)s AND f.due_on <= %(day)s
 ORDER BY f.id, reached.step
ON CONFLICT (follow_up_id, due_on, step) DO NOTHING;
