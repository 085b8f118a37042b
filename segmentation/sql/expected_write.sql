UPDATE customers_customerfacts f
SET next_order_on = n.expected_on, next_order_by = n.by
FROM night_expected n
WHERE n.part = %(part)s AND n.customer_id = f.customer_id;
