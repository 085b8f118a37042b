-- Who had bought in the window as of `begun_on`, and who of them is lost as of `on`, by tier then, owner and channel
-- now.
INSERT INTO segmentation_retentionsum (run_id, span, begun_on, owner_id, team_id, channel_id, tier_scheme, tier,
                                       customers, churned)
SELECT %(run)s, %(span)s, %(begun_on)s, c.owner_id, c.team_id, c.channel_id, b.tier_scheme, b.tier,
       count(*)::int, (count(*) FILTER (WHERE n.lifecycle = %(lifecycle_lost)s))::int
FROM segmentation_scoreinterval b
JOIN customers_customer c ON c.id = b.customer_id AND c.deleted_at IS NULL
JOIN segmentation_scoreinterval n ON n.customer_id = b.customer_id
    AND n.valid_from <= %(on)s AND (n.valid_to IS NULL OR n.valid_to >= %(on)s)
WHERE b.valid_from <= %(begun_on)s AND (b.valid_to IS NULL OR b.valid_to >= %(begun_on)s)
  AND b.lifecycle NOT IN (%(lifecycle_prospect)s, %(lifecycle_lost)s)
GROUP BY c.owner_id, c.team_id, c.channel_id, b.tier_scheme, b.tier;
