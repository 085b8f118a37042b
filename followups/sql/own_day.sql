-- Included: the working day that p.plan_on moves to, with its days as d and those of its person as o: theirs, unless it
-- lies beyond the range and they work on an earlier day within it. Same as followups.cadence.own_day. The review list
-- is nobody's day, and the first contact counts by the clock unless its person is away.
CASE WHEN o.work IS NULL OR p.reason_code = %(reason_review)s THEN d.work
     WHEN p.reason_code = %(reason_first_contact)s AND o.away IS NULL THEN d.work
     WHEN p.reason_code = %(reason_cadence)s AND o.work > p.since + p.longest
          AND o.early >= greatest(p.since + p.shortest, %(today)s::date) THEN o.early
     ELSE o.work END
