UPDATE customers_customerfacts f
SET next_follow_up_on = n.next_on
FROM (SELECT o.customer_id, min(u.due_on) AS next_on
      FROM occasion_new o JOIN followups_followup u ON u.customer_id = o.customer_id AND u.state = %(state_open)s
      GROUP BY o.customer_id) n
WHERE n.customer_id = f.customer_id AND f.next_follow_up_on IS DISTINCT FROM n.next_on;
