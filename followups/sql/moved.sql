-- Open automatic dates follow what they were reckoned from: stage, tier, class, table, answer, contact, calendar. A day
-- that a person chose stays. Those whose new day has passed are dealt out with the new ones (slots.sql), unless they
-- are due already.
INSERT INTO plan_moves (follow_up_id, version, was, customer_id, owner_id, plan_on, method, purpose, reason,
                        reason_code, tier_rank, monetary, due_time, due_on, because)
SELECT u.id AS follow_up_id, u.version, u.due_on AS was, p.customer_id, p.owner_id, p.plan_on, p.method, p.purpose,
       p.reason || CASE WHEN p.plan_on >= %(today)s AND w.away IS NOT NULL
                        THEN jsonb_build_object('away', w.away) ELSE '{}'::jsonb END AS reason,
       p.reason_code, p.tier_rank, p.monetary,
       -- The first contact keeps its hours; every other date has the customer's best time, or none.
       CASE WHEN p.reason_code <> %(reason_first_contact)s THEN p.at_time
            WHEN h.changed AND u.due_time IS NOT NULL THEN p.first_time ELSE u.due_time END AS due_time,
       CASE WHEN p.plan_on >= %(today)s THEN COALESCE(w.day, p.plan_on)
            WHEN u.due_on <= %(today)s THEN u.due_on END AS due_on,
       CASE WHEN u.reason ->> 'phase' IS DISTINCT FROM p.reason ->> 'phase' AND u.reason ? 'phase' THEN 'stage'
            WHEN u.reason ->> 'tier' IS DISTINCT FROM p.reason ->> 'tier' AND u.reason ? 'tier' THEN 'tier'
            WHEN u.reason_code = %(reason_review)s AND p.reason_code = %(reason_review)s AND u.due_on < %(today)s
            THEN 'quarter'
            WHEN (u.reason ->> 'pace' = %(pace_own)s) <> (p.pace = %(pace_own)s)
              OR (p.pace = %(pace_own)s AND u.reason ->> 'to' IS DISTINCT FROM p.reason ->> 'to') THEN 'rhythm'
            WHEN u.reason ->> 'from' IS DISTINCT FROM p.reason ->> 'from'
              OR u.reason ->> 'to' IS DISTINCT FROM p.reason ->> 'to' THEN 'table'
            WHEN h.changed THEN 'table'
            WHEN u.reason ->> 'since' IS DISTINCT FROM p.reason ->> 'since' THEN 'contact'
            WHEN %(pace_warned)s IN (u.reason ->> 'pace', p.reason ->> 'pace')
             AND u.reason ->> 'pace' IS DISTINCT FROM p.reason ->> 'pace' THEN 'warning'
            WHEN u.reason ->> 'decides_on' IS DISTINCT FROM p.reason ->> 'decides_on'
              OR %(pace_urgent)s IN (u.reason ->> 'pace', p.reason ->> 'pace')
             AND u.reason ->> 'pace' IS DISTINCT FROM p.reason ->> 'pace' THEN 'urgency'
            WHEN u.reason ->> 'pace' IS DISTINCT FROM p.reason ->> 'pace' THEN 'answer'
            WHEN u.reason ->> 'days' IS DISTINCT FROM p.reason ->> 'days' THEN 'table'
            WHEN w.away IS NOT NULL OR u.reason ? 'away' THEN 'away'
            ELSE 'calendar' END AS because
FROM followups_followup u
JOIN plan_customers p ON p.customer_id = u.customer_id
-- Whose stage moved since these were read has moved its dates along (services/moves.py).
JOIN customers_customer c ON c.id = p.customer_id AND c.stage = p.stage
     AND c.stage_since IS NOT DISTINCT FROM p.stage_since AND c.paused_until IS NOT DISTINCT FROM p.paused_until
-- Asked only for those that have a follow-up: joined, it is read for everybody.
CROSS JOIN LATERAL (
    SELECT n.day, CASE WHEN n.day <> n.company THEN COALESCE(n.away::text, 'week') END AS away, n.stands
    FROM (
        SELECT {own_day} AS day, d.work AS company, o.away,
               -- Dealt out of a first day back, it counts as standing there as long as its own day is worked.
               CASE WHEN u.reason ? 'crowded' AND COALESCE(t.work, s.work) = s.day THEN (u.reason ->> 'crowded')::date
                    ELSE u.due_on END AS stands
        FROM (SELECT 1) once
        LEFT JOIN plan_days d ON d.day = p.plan_on
        LEFT JOIN plan_own_days o ON o.person_id = u.assignee_id AND o.day = p.plan_on
        LEFT JOIN plan_days s ON s.day = u.due_on
        LEFT JOIN plan_own_days t ON t.person_id = u.assignee_id AND t.day = u.due_on
    ) n
) w
-- Other hours until the first contact than those it was planned by.
CROSS JOIN LATERAL (
    SELECT u.reason_code = %(reason_first_contact)s AND p.reason_code = %(reason_first_contact)s
           AND COALESCE((u.reason ->> 'hours')::int, %(shipped_hours)s) <> %(first_contact_hours)s AS changed
) h
WHERE u.state = %(state_open)s AND u.source = %(source_cadence)s AND NOT u.reason ? 'chosen'
  AND p.plan_on IS NOT NULL
  -- Somebody let the last one go: this one counts from that day as long as stage and tier stay; on the review list at
  -- most until the quarter is over.
  AND (COALESCE(u.reason ->> 'basis', '') <> ALL(%(left)s)
       OR u.reason ->> 'phase' IS DISTINCT FROM p.phase OR u.reason ->> 'tier' IS DISTINCT FROM p.tier
       OR (u.reason_code = %(reason_review)s) <> (p.reason_code = %(reason_review)s)
       OR p.reason_code = %(reason_review)s AND u.due_on < %(today)s)
  -- A pause is over: "take it up again" stands until somebody has done it.
  AND NOT (u.reason_code = %(reason_revival)s AND p.phase <> %(stage_paused)s AND u.reckoned_on <= %(today)s)
  AND (u.reckoned_on IS DISTINCT FROM p.plan_on
       OR u.reason ->> 'phase' IS DISTINCT FROM p.reason ->> 'phase'
       OR u.reason ->> 'pace' IS DISTINCT FROM p.reason ->> 'pace'
       OR h.changed
       -- One that was pulled in before an absence and wasn't done stays overdue.
       OR (p.plan_on >= %(today)s AND NOT (u.reason ? 'away' AND u.due_on < %(today)s) AND w.stands <> w.day
           AND p.reason_code = ANY(%(by_the_table)s)));

UPDATE followups_followup u
SET due_on = m.due_on, reckoned_on = m.plan_on, method = m.method, purpose = m.purpose, reason_code = m.reason_code,
    due_time = m.due_time, due_at = (m.due_on + m.due_time) AT TIME ZONE p.owner_zone, updated_at = %(now)s,
    version = u.version + 1,
    -- Where it comes back to the day of before, nothing has moved.
    reason = m.reason || CASE WHEN m.due_on = m.was OR m.due_on::text = u.reason ->> 'was' THEN '{}'::jsonb
                              ELSE jsonb_build_object('was', m.was, 'because', m.because) END
FROM plan_moves m JOIN plan_customers p ON p.customer_id = m.customer_id
WHERE u.id = m.follow_up_id AND u.version = m.version AND m.due_on IS NOT NULL;

-- Where the table plans nothing any more, what it planned ends.
UPDATE followups_followup u
SET state = %(state_cancelled)s, closed_at = %(now)s, updated_at = %(now)s, version = u.version + 1
FROM plan_customers p
WHERE p.customer_id = u.customer_id AND p.plan_on IS NULL AND u.state = %(state_open)s
  AND u.source = %(source_cadence)s AND NOT u.reason ? 'chosen'
  AND NOT (u.reason_code = %(reason_revival)s AND u.reckoned_on <= %(today)s);

-- A plan that a person put off for long, with nothing before it, makes room for one of an overdue customer; it stays,
-- as theirs.
UPDATE followups_followup u
SET source = %(source_manual)s, updated_at = %(now)s, version = u.version + 1
FROM plan_customers p
WHERE p.customer_id = u.customer_id AND p.plan_on < %(today)s AND u.state = %(state_open)s
  AND u.source = %(source_cadence)s AND u.reason ? 'chosen'
  AND (SELECT min(o.due_on) FROM followups_followup o WHERE o.customer_id = u.customer_id AND o.state = %(state_open)s)
      > greatest(%(today)s::date + %(week)s, p.since + greatest(2 * p.longest, %(far)s));
