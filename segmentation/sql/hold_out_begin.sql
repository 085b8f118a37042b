-- Everybody who is in the tier on the first day of a hold-out, and who of them the automatic plan leaves out; in none
-- other that runs. As segmentation/control/drawing.py draws.
INSERT INTO segmentation_holdoutmember (hold_out_id, customer_id, held, running)
SELECT %(hold_out)s, c.id,
       ('x' || encode(substring(sha256(convert_to(%(hold_out)s || ':' || c.id, 'UTF8')) FROM 1 FOR 4), 'hex'))
           ::bit(32)::bigint * 100 < %(share)s * %(range)s,
       TRUE
FROM customers_customer c
JOIN customers_customerfacts f ON f.customer_id = c.id AND f.tier = %(tier)s
WHERE c.deleted_at IS NULL AND c.kind = %(kind)s
  AND NOT EXISTS (SELECT FROM segmentation_holdoutmember m WHERE m.customer_id = c.id AND m.running)
ORDER BY c.id;
