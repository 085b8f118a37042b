-- Who is new stands under a mark until the customer is made and has a number.
UPDATE {orders} o SET customer_no = COALESCE(f.customer_no, '?' || o.who), by_who = true
FROM (SELECT who, email_key, max(NULLIF(customer_no, '')) AS customer_no
      FROM {buyers} WHERE reason = '' GROUP BY who, email_key) f
WHERE f.who = o.who AND f.email_key IS NOT DISTINCT FROM o.email_key AND o.customer_no IS NULL;
