-- Whether those whom a hold-out drew are left out now. Facts are locked in the order of their ids, as by everybody who
-- plans (followups/locks.py); who deletes or moves a customer meanwhile waits or is waited for.
SELECT FROM customers_customerfacts
WHERE customer_id IN (SELECT customer_id FROM segmentation_holdoutmember WHERE hold_out_id = %(hold_out)s AND held)
ORDER BY customer_id FOR NO KEY UPDATE;

UPDATE customers_customerfacts f
SET left_out = n.left_out
FROM (
    SELECT m.customer_id, EXISTS (
        SELECT FROM segmentation_holdoutmember k
        WHERE k.customer_id = m.customer_id AND k.running AND k.held AND k.taken_in_at IS NULL) AS left_out
    FROM segmentation_holdoutmember m WHERE m.hold_out_id = %(hold_out)s AND m.held
) n
WHERE n.customer_id = f.customer_id AND f.left_out <> n.left_out;
