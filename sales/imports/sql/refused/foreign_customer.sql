o.action <> 'same' AND EXISTS (
    SELECT FROM customers_customer c
    WHERE c.number = o.customer_no AND c.owner_id IS {owner} NULL AND c.id NOT IN ({reach}))
