-- What days off have put on the first day back of a person, where more stands on that day than one takes. What has been
-- dealt out of it already, or had its place there, stays; so do the first contact, which counts by the clock, and
-- occasions, which are dealt out before their day. Each person's few days
-- are looked up by the index, so that step is materialized. whose: of which people; among: of which customers.
DELETE FROM plan_crowded;
WITH full_days AS MATERIALIZED (
    SELECT r.id AS person_id, r.day, r.since
    FROM (SELECT p.id, b.day, b.since
          FROM accounts_user p
          JOIN plan_returns b
            ON b.person_id = CASE WHEN EXISTS (SELECT 1 FROM plan_workdays w WHERE w.person_id = p.id) THEN p.id
                                  ELSE 0 END
          WHERE {whose}) r
    CROSS JOIN LATERAL (
        SELECT count(*) AS load FROM followups_followup u
        WHERE u.state = %(state_open)s AND u.assignee_id = r.id AND u.due_on = r.day
          AND NOT (u.reason_code = %(reason_review)s AND u.source = %(source_cadence)s AND NOT u.reason ? 'chosen')
    ) l
    WHERE l.load > %(per_day)s
)
INSERT INTO plan_crowded (follow_up_id, customer_id, person_id, day)
SELECT u.id, u.customer_id, d.person_id, d.day
FROM full_days d
JOIN followups_followup u ON u.assignee_id = d.person_id AND u.due_on = d.day AND u.state = %(state_open)s
JOIN customers_customer c ON c.id = u.customer_id AND c.owner_id = u.assignee_id
WHERE u.source <> %(source_manual)s AND u.reason_code = ANY(%(dealt_out)s)
  AND NOT u.reason ?| ARRAY['chosen', 'crowded', 'crowded_stays'] AND {among}
  AND COALESCE((u.reason ->> 'moved_from')::date, u.reckoned_on,
               (u.reason ->> 'order_on')::date + (u.reason ->> 'days')::int) BETWEEN d.since AND d.day - 1;
