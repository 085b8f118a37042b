-- What the activities between two moments led to, as followups/outcomes/counting.py says. Only rows that differ are
-- written. An order belongs to the last activity of the 30 days before it that reached somebody: of two such ones the
-- earlier waits for orders only until the day of the later. A message is answered when the customer comes back.
WITH begun AS (
    SELECT i.id, i.customer_id, i.user_id, i.occurred_at, (i.occurred_at AT TIME ZONE %(zone)s)::date AS day, i.kind,
           i.result <> %(result_no_answer)s AS reached, c.stage AS stage_now
    FROM customers_interaction i
    JOIN customers_customer c ON c.id = i.customer_id AND c.deleted_at IS NULL
    WHERE i.user_id = ANY(%(people)s::bigint[]) AND i.occurred_at >= %(since)s AND i.occurred_at < %(until)s
      AND i.direction = %(direction_out)s AND i.kind <> %(kind_note)s AND NOT i.automatic AND i.deleted_at IS NULL
), found AS (
    SELECT b.*, sent.template_id, CASE WHEN sent.id IS NULL THEN b.reached ELSE returned.yes END AS answered,
           COALESCE(score.tier, %(unrated)s) AS tier, COALESCE(score.tier_scheme, '') AS tier_scheme,
           COALESCE(planned.source, '') AS source, COALESCE(followed.orders, 0) AS orders,
           COALESCE(followed.sold, 0) AS sold,
           CASE
               WHEN bought.on_day IS NOT NULL
                    AND (moved_before.on_day IS NULL OR moved_before.on_day <= bought.on_day) THEN
                   CASE WHEN b.day < bought.on_day + %(after_sale_days)s THEN %(stage_after_sale)s
                        ELSE %(stage_long_term)s END
               WHEN moved_before.to_stage IS NOT NULL THEN moved_before.to_stage
               WHEN moved_after.from_stage IS NOT NULL THEN moved_after.from_stage
               WHEN b.stage_now IN (%(stage_after_sale)s, %(stage_long_term)s) THEN %(stage_first_contact)s
               ELSE b.stage_now
           END AS stage
    FROM begun b
    LEFT JOIN LATERAL (
        SELECT o.ordered_on AS on_day FROM sales_order o
        WHERE o.customer_id = b.customer_id AND o.ordered_on < b.day AND o.kind = %(order_kind_purchase)s
          AND o.state = %(order_completed)s AND o.deleted_at IS NULL
        ORDER BY o.ordered_on DESC LIMIT 1
    ) bought ON TRUE
    LEFT JOIN LATERAL (
        SELECT m.to_stage, (m.at AT TIME ZONE %(zone)s)::date AS on_day FROM customers_stagemove m
        WHERE m.customer_id = b.customer_id AND m.at < b.occurred_at ORDER BY m.at DESC, m.id DESC LIMIT 1
    ) moved_before ON TRUE
    LEFT JOIN LATERAL (
        SELECT m.from_stage FROM customers_stagemove m
        WHERE m.customer_id = b.customer_id AND m.at >= b.occurred_at ORDER BY m.at, m.id LIMIT 1
    ) moved_after ON TRUE
    LEFT JOIN segmentation_scoreinterval score
        ON score.customer_id = b.customer_id AND score.valid_from <= b.day
        AND (score.valid_to IS NULL OR score.valid_to >= b.day)
    LEFT JOIN LATERAL (
        SELECT f.source FROM followups_followup f WHERE f.closed_by_interaction_id = b.id ORDER BY f.id LIMIT 1
    ) planned ON TRUE
    LEFT JOIN LATERAL (
        SELECT (later.occurred_at AT TIME ZONE %(zone)s)::date AS on_day FROM customers_interaction later
        WHERE later.customer_id = b.customer_id AND (later.occurred_at, later.id) > (b.occurred_at, b.id)
          AND later.result <> %(result_no_answer)s AND later.direction = %(direction_out)s
          AND later.kind <> %(kind_note)s AND NOT later.automatic AND later.deleted_at IS NULL
          AND later.user_id IS NOT NULL
        ORDER BY later.occurred_at, later.id LIMIT 1
    ) spoken ON b.reached
    LEFT JOIN LATERAL (
        SELECT count(*) AS orders, sum(o.amount) AS sold FROM sales_order o
        WHERE o.customer_id = b.customer_id AND o.ordered_on >= b.day AND o.ordered_on <= b.day + %(follows_within)s
          AND (spoken.on_day IS NULL OR o.ordered_on < spoken.on_day) AND o.kind = %(order_kind_purchase)s
          AND o.state = %(order_completed)s AND o.amount > 0 AND o.deleted_at IS NULL
    ) followed ON b.reached
    LEFT JOIN followups_message sent ON sent.interaction_id = b.id
    LEFT JOIN LATERAL (
        SELECT EXISTS (
            SELECT 1 FROM customers_interaction back
            WHERE back.customer_id = b.customer_id AND back.direction = %(direction_in)s AND back.deleted_at IS NULL
              AND back.occurred_at > b.occurred_at AND NOT (back.automatic AND back.result = %(result_no_answer)s)
              AND back.occurred_at < b.occurred_at + make_interval(days => %(comes_back_within)s)
        ) AS yes
    ) returned ON sent.id IS NOT NULL
), gone AS (
    DELETE FROM followups_outcome old
    WHERE old.day >= %(first_day)s AND old.day < %(end_day)s
      AND NOT EXISTS (SELECT 1 FROM begun b WHERE b.id = old.interaction_id)
)
INSERT INTO followups_outcome AS old
    (interaction_id, customer_id, user_id, day, method, answered, stage, tier_scheme, tier, source, template_id,
     orders, sold)
SELECT id, customer_id, user_id, day, kind, answered, stage, tier_scheme, tier, source, template_id,
       orders, sold FROM found
ON CONFLICT (interaction_id) DO UPDATE SET
    customer_id = EXCLUDED.customer_id, user_id = EXCLUDED.user_id, day = EXCLUDED.day, method = EXCLUDED.method,
    answered = EXCLUDED.answered, stage = EXCLUDED.stage, tier_scheme = EXCLUDED.tier_scheme, tier = EXCLUDED.tier,
    source = EXCLUDED.source, template_id = EXCLUDED.template_id, orders = EXCLUDED.orders, sold = EXCLUDED.sold
WHERE (old.customer_id, old.user_id, old.day, old.method, old.answered, old.stage, old.tier_scheme, old.tier,
       old.source, old.template_id, old.orders, old.sold)
    IS DISTINCT FROM
      (EXCLUDED.customer_id, EXCLUDED.user_id, EXCLUDED.day, EXCLUDED.method, EXCLUDED.answered, EXCLUDED.stage,
       EXCLUDED.tier_scheme, EXCLUDED.tier, EXCLUDED.source, EXCLUDED.template_id, EXCLUDED.orders, EXCLUDED.sold);
