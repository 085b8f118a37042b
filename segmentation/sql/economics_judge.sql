-- Who is served more or less than the margin bears at the company's `rate`; then the sums of each tier, and who came in
-- which month from `came_from` to before `came_until`.
UPDATE segmentation_economics e
SET verdict = w.verdict
FROM (
    SELECT e.customer_id,
           CASE WHEN e.upkeep IS NULL OR f.lifecycle = %(lifecycle_prospect)s OR e.costed < %(known)s * e.revenue
                     OR %(rate)s::numeric IS NULL THEN ''
                WHEN e.upkeep >= %(factor)s * GREATEST(%(rate)s::numeric * (e.margin + e.discount), 0)
                     AND e.upkeep >= %(least)s THEN %(verdict_much)s
                WHEN e.margin + e.discount > 0 AND i.tier_scheme || ':' || i.tier = ANY(%(high)s)
                     AND %(factor)s * e.upkeep <= %(rate)s::numeric * (e.margin + e.discount) THEN %(verdict_little)s
                ELSE '' END AS verdict
    FROM segmentation_economics e
    JOIN customers_customerfacts f ON f.customer_id = e.customer_id
    LEFT JOIN segmentation_scoreinterval i ON i.customer_id = e.customer_id AND i.valid_to IS NULL
) w
WHERE w.customer_id = e.customer_id AND w.verdict <> e.verdict;

DELETE FROM segmentation_economicssum;
INSERT INTO segmentation_economicssum (owner_id, team_id, channel_id, tier_scheme, tier, customers, revenue, costed,
                                       margin, discount, sold, discounted, minutes, entered, acquired, acquisition,
                                       upkeep, contribution, much, little)
SELECT c.owner_id, c.team_id, c.channel_id, i.tier_scheme, i.tier, count(*)::int, sum(e.revenue)::bigint,
       sum(e.costed)::bigint, sum(e.margin)::bigint, sum(e.discount)::bigint, sum(e.sold)::bigint,
       sum(e.discounted)::bigint, sum(e.minutes)::bigint, sum(e.entered)::bigint, count(e.acquisition)::int,
       COALESCE(sum(e.acquisition), 0)::bigint, sum(e.upkeep)::bigint, sum(e.contribution)::bigint,
       (count(*) FILTER (WHERE e.verdict = %(verdict_much)s))::int,
       (count(*) FILTER (WHERE e.verdict = %(verdict_little)s))::int
FROM segmentation_economics e
JOIN customers_customer c ON c.id = e.customer_id AND c.deleted_at IS NULL
JOIN segmentation_scoreinterval i ON i.customer_id = e.customer_id AND i.valid_to IS NULL
GROUP BY c.owner_id, c.team_id, c.channel_id, i.tier_scheme, i.tier;

DELETE FROM segmentation_customerscame;
INSERT INTO segmentation_customerscame (owner_id, team_id, channel_id, tier_scheme, tier, month, customers)
SELECT c.owner_id, c.team_id, c.channel_id, i.tier_scheme, i.tier, date_trunc('month', f.first_order_on)::date,
       count(*)::int
FROM segmentation_economics e
JOIN customers_customer c ON c.id = e.customer_id AND c.deleted_at IS NULL
JOIN customers_customerfacts f ON f.customer_id = e.customer_id
    AND f.first_order_on >= %(came_from)s AND f.first_order_on < %(came_until)s
JOIN segmentation_scoreinterval i ON i.customer_id = e.customer_id AND i.valid_to IS NULL
GROUP BY c.owner_id, c.team_id, c.channel_id, i.tier_scheme, i.tier, date_trunc('month', f.first_order_on);
