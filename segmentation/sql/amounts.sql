-- How sales are spread: customers with net sales above zero as of the run of `on`, by the step of `edges` (ascending,
-- in minor units) that their sales reach. Scores alone are read, no order. Customers count for whose they were when the
-- run was published: before the first change of hands since (segmentation/pages/whose.py).
INSERT INTO segmentation_amountsum (run_id, owner_id, team_id, channel_id, tier_scheme, steps, customers, revenue,
                                    counted_at)
SELECT %(run)s, owner_id, team_id, channel_id, tier_scheme, array_agg(step ORDER BY step),
       array_agg(n ORDER BY step), array_agg(net ORDER BY step), %(counted_at)s
FROM (
    SELECT width_bucket(i.monetary, %(edges)s::bigint[])::smallint AS step,
           CASE WHEN h.customer_id IS NULL THEN c.owner_id ELSE h.from_user_id END AS owner_id,
           CASE WHEN h.customer_id IS NULL THEN c.team_id ELSE u.team_id END AS team_id,
           c.channel_id, i.tier_scheme, count(*)::int AS n, sum(i.monetary)::bigint AS net
    FROM segmentation_scoreinterval i
    JOIN customers_customer c ON c.id = i.customer_id AND (c.deleted_at IS NULL OR c.deleted_at > %(published_at)s)
    LEFT JOIN (
        SELECT DISTINCT ON (customer_id) customer_id, from_user_id
        FROM customers_ownerchange WHERE at > %(published_at)s ORDER BY customer_id, id
    ) h ON h.customer_id = c.id
    LEFT JOIN accounts_user u ON u.id = h.from_user_id
    WHERE i.valid_from <= %(on)s AND (i.valid_to IS NULL OR i.valid_to >= %(on)s) AND i.monetary > 0
    GROUP BY 1, 2, 3, c.channel_id, i.tier_scheme
) steps
GROUP BY owner_id, team_id, channel_id, tier_scheme;
