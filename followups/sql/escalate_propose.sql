-- New proposals that name nobody yet are dealt out in turn among the colleagues of each person, those with the least to
-- do first: `heirs` has a row for each colleague with their place in that order.
UPDATE followups_escalation e SET proposed_id = heirs.heir
  FROM (SELECT id, assignee_id, row_number() OVER (PARTITION BY assignee_id ORDER BY due_on, id) - 1 AS n
          FROM followups_escalation
         WHERE reached_on = %(day)s AND step = %(step_proposal)s AND answer = '' AND proposed_id IS NULL) fresh
  JOIN jsonb_to_recordset(%(heirs)s::jsonb) AS heirs(assignee bigint, heir bigint, place int, of int)
    ON heirs.assignee = fresh.assignee_id AND heirs.place = fresh.n %% heirs.of
 WHERE e.id = fresh.id;
