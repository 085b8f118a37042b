-- Complaints received in the days, and answers on satisfaction of those closed in them (`content` or more of 5 count).
INSERT INTO night_effect_given (customer_id, code, n, hits)
SELECT customer_id, %(complained)s, count(*), count(*)
FROM feedback_complaint
WHERE deleted_at IS NULL AND received_at >= %(since)s AND received_at < %(until)s
GROUP BY customer_id
UNION ALL
SELECT customer_id, %(satisfied)s, count(*), count(*) FILTER (WHERE csat >= %(content)s)
FROM feedback_complaint
WHERE deleted_at IS NULL AND closed_at >= %(since)s AND closed_at < %(until)s AND csat IS NOT NULL
GROUP BY customer_id;
