-- Whom the night compares: of whom something was written since the last look, by whatever door, and those for whom a
-- day has come. A row's xmin names the transaction that wrote it; what a transaction of before this mark wrote was
-- seen. Each table is read through once, no more of it than this; deleted rows leave no trace but where one is named.
SELECT id FROM customers_customer
WHERE age(xmin) <= age(%(mark)s::xid) OR owner_id = ANY(%(people)s)
   -- The end of a pause comes among the days that are known (days.sql).
   -- The first month after a deal is over.
   OR stage = %(stage_after_sale)s AND stage_since = ANY(%(aged)s)
   OR stage = %(stage_paused)s AND paused_until > %(known_then)s AND paused_until <= %(known)s
UNION
SELECT customer_id FROM customers_customerfacts
-- A day of the revisits comes close enough to take a late plan's place, or is too late itself (situations.sql).
WHERE age(xmin) <= age(%(mark)s::xid) OR revisits_from = ANY(%(turns)s)
UNION
SELECT customer_id FROM followups_followup
WHERE state = %(state_open)s
  AND (age(xmin) <= age(%(mark)s::xid)
       -- What people put off for long stands in nobody's way until the customer is overdue.
       OR (source = %(source_manual)s OR reason ? 'chosen') AND due_on > %(today)s::date + %(week)s)
UNION
SELECT customer_id FROM followups_followup WHERE state = %(state_open)s AND assignee_id = ANY(%(people)s)
UNION
SELECT u.customer_id
FROM accounts_user p
CROSS JOIN LATERAL (SELECT customer_id FROM followups_followup
                    WHERE assignee_id = p.id AND closed_at >= %(closed_since)s) u
UNION
SELECT customer_id FROM followups_rhythm WHERE age(xmin) <= age(%(mark)s::xid)
UNION
SELECT customer_id FROM segmentation_qualification WHERE age(xmin) <= age(%(mark)s::xid)
UNION
SELECT customer_id FROM followups_rhythmevent WHERE age(xmin) <= age(%(mark)s::xid)  -- of those that were deleted
UNION
SELECT customer_id FROM segmentation_churncase WHERE age(xmin) <= age(%(mark)s::xid)
UNION
-- What somebody else's date has made too many.
SELECT customer_id FROM plan_crowded;
