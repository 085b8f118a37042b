UPDATE {buyers} b SET customer_no = f.customer_no, reason = f.reason
FROM unnest(%(seqs)s::int[], %(numbers)s::text[], %(reasons)s::text[]) AS f(seq, customer_no, reason)
WHERE b.seq = f.seq;
