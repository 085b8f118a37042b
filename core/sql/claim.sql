-- Picked in a step of its own: as a subquery the planner may run it again for each row, and more than asked are
-- claimed.
WITH picked AS MATERIALIZED (
    SELECT id FROM core_outboxmail
     WHERE state = %(state)s AND channel = %(channel)s AND next_try_at <= %(now)s
       AND state IN (%(state_due)s, %(state_sending)s)
       AND NOT (state = %(state_sending)s AND phase = 'data' AND policy = %(policy_hold)s)
       AND (NOT %(at_once)s OR due_at <= created_at + interval '1 minute')
     ORDER BY next_try_at LIMIT %(limit)s FOR UPDATE SKIP LOCKED
)
UPDATE core_outboxmail mail SET state = %(state_sending)s, phase = '', attempt = attempt + 1, lease_owner = %(owner)s,
       lease_until = %(lease)s, next_try_at = %(lease)s
  FROM picked WHERE mail.id = picked.id
RETURNING mail.id;
