-- Whether an automatic follow-up stands for any of these customers; looked up for each, whatever is known of the table.
SELECT EXISTS (
    SELECT FROM unnest(%(only)s::bigint[]) AS k (customer_id)
    CROSS JOIN LATERAL (
        SELECT FROM followups_followup u
        WHERE u.customer_id = k.customer_id AND u.state = %(state_open)s AND u.source <> %(source_manual)s LIMIT 1
    ) s
);
