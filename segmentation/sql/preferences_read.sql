-- The sums of preferences of `rows`, added up by run, tier and item.
SELECT s.run_id, s.tier, u.item, sum(u.customers)::bigint, sum(u.net)::bigint
FROM ({rows}) s
CROSS JOIN LATERAL unnest(s.items, s.customers, s.revenue) AS u (item, customers, net)
GROUP BY s.run_id, s.tier, u.item
