-- The sums of preferences of `rows`, added up by run, tier and item; what nobody bought and brings nothing is left out.
SELECT s.run_id, s.tier, u.item, sum(u.customers * s.sign)::bigint, sum(u.net * s.sign)::bigint
FROM ({rows}) s
CROSS JOIN LATERAL unnest(s.items, s.customers, s.revenue) AS u (item, customers, net)
GROUP BY s.run_id, s.tier, u.item
HAVING sum(u.customers * s.sign) <> 0 OR sum(u.net * s.sign) <> 0
