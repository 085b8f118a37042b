-- The tables that planning works in: this connection's own, made once and empty between transactions. Made and dropped
-- each time, a transaction that plans often would fill the server's table of locks.
CREATE TEMP TABLE IF NOT EXISTS plan_days (day date PRIMARY KEY, work date) ON COMMIT DELETE ROWS;
-- Of people with a week or absences of their own: days whose next working day isn't the company's, the last one that is
-- worked before, and until when they are away in between (followups/hours/days.py).
CREATE TEMP TABLE IF NOT EXISTS plan_own_days (
    person_id bigint, day date, work date, early date, away date, PRIMARY KEY (person_id, day)
) ON COMMIT DELETE ROWS;
CREATE TEMP TABLE IF NOT EXISTS plan_workdays (person_id bigint, place int, day date) ON COMMIT DELETE ROWS;
-- The first working days after several days off in a row, `since` the first of those; of the company (person 0) and of
-- people with days of their own.
CREATE TEMP TABLE IF NOT EXISTS plan_returns (
    person_id bigint, day date, since date, PRIMARY KEY (person_id, day)
) ON COMMIT DELETE ROWS;
-- What those days off have put on such a day, where it is more than a day takes (crowded.sql).
CREATE TEMP TABLE IF NOT EXISTS plan_crowded (
    follow_up_id bigint, customer_id bigint, person_id bigint, day date
) ON COMMIT DELETE ROWS;
CREATE TEMP TABLE IF NOT EXISTS plan_table (
    phase text, scheme text, tier text, frequency text, amount text, shortest int, longest int, category text,
    method text, other_method text, content text, policy text
) ON COMMIT DELETE ROWS;
CREATE TEMP TABLE IF NOT EXISTS plan_customers (
    customer_id bigint PRIMARY KEY, owner_id bigint, owner_zone text, tier_rank int, monetary bigint,
    revisits_from date, first_order_on date, phase text, pace text, tier text, since date, basis text, days int,
    shortest int, longest int, unanswered int, purpose text, at_time time, pause_reason text, paused_until date,
    stage text, stage_since date, plan_on date, method text, reason_code text, reason jsonb, chain_days int,
    usual text, other_method text, own_method text, own_purpose text, own_time time, first_time time
) ON COMMIT DELETE ROWS;
CREATE TEMP TABLE IF NOT EXISTS plan_moves (
    follow_up_id bigint, version int, was date, customer_id bigint, owner_id bigint, plan_on date, method text,
    purpose text, reason jsonb, reason_code text, tier_rank int, monetary bigint, due_time time,
    due_on date, because text
) ON COMMIT DELETE ROWS;
CREATE TEMP TABLE IF NOT EXISTS plan_new (
    customer_id bigint PRIMARY KEY, owner_id bigint, source text, source_key text, method text, reason_code text,
    reason jsonb, due_on date, urgency int, worth bigint, reckoned_on date, at_time time, purpose text,
    follow_up_id bigint
) ON COMMIT DELETE ROWS;
CREATE TEMP TABLE IF NOT EXISTS plan_rooms (
    owner_id bigint, place int, day date, free bigint, upto bigint, PRIMARY KEY (owner_id, place)
) ON COMMIT DELETE ROWS;
