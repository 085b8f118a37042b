o.action <> 'same' AND o.customer_no IS NOT NULL
AND NOT EXISTS (SELECT FROM customers_customer c WHERE c.number = o.customer_no)
