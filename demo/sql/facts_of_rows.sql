-- The facts that the services would have written row by row, from the rows that were copied in.
UPDATE customers_customerfacts f
SET first_order_on = o.first_on, last_order_on = o.last_on, orders_total = o.n, revisits_from = o.first_on
FROM (SELECT customer_id, min(ordered_on) AS first_on, max(ordered_on) AS last_on, count(*) AS n
      FROM sales_order GROUP BY customer_id) o
WHERE o.customer_id = f.customer_id;

UPDATE customers_customerfacts f
SET last_contact_at = i.at, last_attempt_at = i.at, touches = i.n, last_contact_kind = i.kind, last_result = i.result
FROM (SELECT customer_id, max(occurred_at) AS at, count(*) AS n,
             (array_agg(kind ORDER BY occurred_at DESC))[1] AS kind,
             (array_agg(result ORDER BY occurred_at DESC))[1] AS result
      FROM customers_interaction GROUP BY customer_id) i
WHERE i.customer_id = f.customer_id;

UPDATE customers_customerfacts f
SET next_follow_up_on = u.due
FROM (SELECT customer_id, min(due_on) AS due
      FROM followups_followup WHERE state = %(follow_up_open)s GROUP BY customer_id) u
WHERE u.customer_id = f.customer_id;

UPDATE customers_customerfacts f
SET open_complaints = c.n
FROM (SELECT customer_id, count(*) AS n
      FROM feedback_complaint WHERE state <> %(complaint_closed)s GROUP BY customer_id) c
WHERE c.customer_id = f.customer_id;
