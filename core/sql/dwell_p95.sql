-- How long mails waited, in seconds: what nineteen of twenty needed at most.
SELECT percentile_disc(0.95) WITHIN GROUP (ORDER BY extract(epoch FROM sent_at - due_at))
FROM core_outboxmail
WHERE state = %(sent)s AND sent_at >= %(since)s;
