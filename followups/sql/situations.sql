-- Customers that are to have a next date: owned by somebody who works here, not lost, let go or to be left alone.
-- Phase, pace and days are those of followups/cadence.py: plan_on is the day of the cadence or, where the table says
-- so, of the review list; it is empty where the table plans nothing. chain_days is the day of the revisits (7/30/90)
-- that comes next.
WITH known AS (
    SELECT c.id AS customer_id, c.owner_id, c.stage, c.stage_since, c.paused_until, c.pause_reason, c.created_at,
           COALESCE(NULLIF(p.time_zone, ''), %(zone)s) AS owner_zone,
           CASE WHEN c.kind = %(kind_company)s THEN %(scheme_b2b)s ELSE %(scheme_b2c)s END AS scheme,
           COALESCE(f.tier, %(unrated)s) AS tier, COALESCE(f.tier_rank, %(unrated_rank)s) AS tier_rank,
           COALESCE(f.frequency_class, '') AS frequency, COALESCE(f.amount_class, '') AS amount,
           COALESCE(f.monetary, 0) AS monetary, f.last_order_on, f.first_order_on, f.revisits_from,
           (f.last_attempt_at AT TIME ZONE %(zone)s)::date AS touched_on,
           COALESCE(f.last_result, '') AS answer, COALESCE(f.unanswered, 0) AS unanswered,
           COALESCE(f.warning, %(warn_none)s) <> %(warn_none)s AS warned,
           COALESCE(f.left_out, FALSE) AS left_out, h.every_days AS own_days, COALESCE(h.method, '') AS own_method, h.at_time,
           COALESCE(h.purpose, '') AS own_purpose,
           COALESCE(q.need = %(highest)s OR q.time = %(highest)s, FALSE) AS urgent, q.decides_on,
           c.created_at + make_interval(hours => %(first_contact_hours)s) AS first_by,
           CASE WHEN c.stage = %(stage_after_sale)s THEN c.stage_since END AS bought_on
    FROM customers_customer c
    JOIN accounts_user p ON p.id = c.owner_id AND p.is_active
    LEFT JOIN customers_customerfacts f ON f.customer_id = c.id
    LEFT JOIN followups_rhythm h ON h.customer_id = c.id
    -- Of the stages in which somebody decides whether to buy.
    LEFT JOIN segmentation_qualification q ON q.customer_id = c.id AND c.stage = ANY(%(talking)s)
    WHERE {among}
      AND c.deleted_at IS NULL AND NOT c.do_not_contact
      AND (c.stage <> %(stage_paused)s OR c.paused_until IS NOT NULL)
      -- Whoever is lost counts again from when somebody talks to them.
      AND (COALESCE(f.lifecycle, %(lifecycle_prospect)s) <> %(lifecycle_lost)s OR c.stage <> ALL(%(by_orders)s))
), counted AS (
    SELECT k.*,
           -- From the first purchase since somebody was in touch: who orders again and again would put it off for ever.
           CASE WHEN touched_on IS NOT NULL AND (bought_on IS NULL OR touched_on >= bought_on) THEN touched_on
                ELSE COALESCE(
                    (SELECT min(o.ordered_on) FROM sales_order o
                     WHERE o.customer_id = k.customer_id AND o.deleted_at IS NULL AND o.state = %(order_completed)s
                       AND o.kind = %(order_kind_purchase)s AND o.amount > 0 AND o.ordered_on <= k.bought_on
                       AND o.ordered_on >= COALESCE(k.touched_on + 1, (k.created_at AT TIME ZONE %(zone)s)::date)),
                    bought_on, last_order_on, (created_at AT TIME ZONE %(zone)s)::date) END AS since,
           CASE WHEN touched_on IS NOT NULL AND (bought_on IS NULL OR touched_on >= bought_on) THEN %(basis_contact)s
                WHEN COALESCE(bought_on, last_order_on) IS NOT NULL THEN %(basis_order)s
                ELSE %(basis_created)s END AS basis,
           CASE stage
                WHEN %(stage_paused)s THEN %(stage_paused)s
                WHEN %(stage_first_contact)s THEN
                    CASE WHEN touched_on IS NULL AND last_order_on IS NULL THEN %(phase_new)s
                         ELSE %(phase_first_contact)s END
                WHEN %(stage_needs)s THEN %(phase_needs)s
                WHEN %(stage_proposal)s THEN
                    CASE WHEN touched_on > stage_since THEN %(phase_proposal)s ELSE %(phase_proposal_sent)s END
                WHEN %(stage_after_sale)s THEN
                    CASE WHEN stage_since IS NOT NULL
                          AND (touched_on IS NULL OR touched_on < stage_since + %(first_month)s)
                          AND %(today)s::date <= stage_since + %(first_month)s + %(week)s
                         THEN %(phase_first_month)s ELSE %(phase_after_sale)s END
                ELSE %(phase_long_term)s END AS phase
    FROM known k
    OFFSET 0  -- reckoned once a row, instead of wherever it is named below
), ranged AS (
    -- A line that is switched off plans nothing, for nobody's own rhythm either.
    SELECT c.*, t.category, CASE WHEN t.phase IS NOT NULL THEN COALESCE(c.own_days, t.shortest) END AS shortest,
           CASE WHEN t.phase IS NOT NULL THEN COALESCE(c.own_days, t.longest) END AS longest,
           t.method AS usual, t.other_method, COALESCE(NULLIF(c.own_purpose, ''), t.content, '') AS purpose,
           CASE WHEN t.policy = %(policy_review)s AND c.own_days IS NULL THEN %(pace_review)s
                WHEN c.unanswered >= %(gives_up_after)s THEN %(pace_no_response)s
                WHEN c.unanswered > 0 THEN %(pace_no_answer)s
                WHEN c.own_days IS NOT NULL THEN %(pace_own)s
                WHEN c.answer = %(result_interested)s THEN %(pace_interested)s
                WHEN c.answer = %(result_needs_time)s THEN %(pace_needs_time)s
                WHEN c.answer = %(result_declined)s THEN %(pace_declined)s
                WHEN c.warned THEN %(pace_warned)s
                WHEN c.urgent THEN %(pace_urgent)s
                ELSE t.category END AS pace
    FROM counted c
    LEFT JOIN plan_table t ON t.phase = c.phase AND t.scheme = c.scheme AND t.tier = c.tier
          AND t.frequency = c.frequency AND t.amount = c.amount AND t.policy <> %(policy_none)s
          -- A hold-out leaves out of what the table plans for who has bought; an own plan isn't the table's.
          AND NOT (c.left_out AND c.own_days IS NULL AND c.phase = ANY(%(holdable)s))
), paced AS (
    SELECT r.*,
           -- No range where the table plans nothing; `least` would take the other number for it.
           CASE WHEN pace = %(pace_review)s OR shortest IS NULL THEN NULL
                WHEN pace = %(pace_no_answer)s THEN least(shortest, %(retry_within)s)
                WHEN pace = %(pace_warned)s THEN least(shortest, %(warned_within)s)
                WHEN pace IN (%(pace_own)s, %(pace_interested)s, %(pace_urgent)s, %(pace_key)s) THEN shortest
                WHEN pace = %(pace_regular)s THEN (shortest + longest) / 2
                ELSE longest END AS usual_days,
           COALESCE(NULLIF(own_method, ''), usual) AS preferred
    FROM ranged r
), kept AS (
    -- By the day on which a prospect decides, if that is still to come, within the range.
    SELECT p.*, CASE WHEN usual_days IS NOT NULL AND decides_on > since
                     THEN least(usual_days, greatest(decides_on - since, shortest)) ELSE usual_days END AS days
    FROM paced p
)
SELECT customer_id, owner_id, owner_zone, tier_rank, monetary, revisits_from, first_order_on, phase, pace, tier, since,
       basis, days, shortest, longest, unanswered, purpose,
       CASE WHEN pace IS DISTINCT FROM %(pace_review)s THEN at_time END AS at_time, pause_reason, paused_until, stage,
       stage_since,
       CASE WHEN phase = %(stage_paused)s THEN paused_until
            WHEN pace = %(pace_review)s
            THEN CASE WHEN since > %(review_before)s THEN %(review_later)s::date ELSE %(review_coming)s::date END
            WHEN days IS NULL THEN NULL
            WHEN phase = %(phase_new)s THEN (first_by AT TIME ZONE owner_zone)::date
            ELSE since + days END AS plan_on,
       CASE WHEN phase = %(stage_paused)s THEN %(method_call)s
            WHEN unanswered = 0 THEN preferred
            WHEN preferred <> other_method THEN other_method ELSE usual END AS method,
       CASE WHEN phase = %(stage_paused)s THEN %(reason_revival)s
            WHEN phase = %(phase_new)s THEN %(reason_first_contact)s
            WHEN pace = %(pace_review)s THEN %(reason_review)s ELSE %(reason_cadence)s END AS reason_code,
       CASE WHEN phase = %(stage_paused)s
            THEN jsonb_build_object('phase', phase, 'until', paused_until, 'why', pause_reason)
            WHEN phase = %(phase_new)s
            THEN jsonb_build_object('phase', phase, 'since', since, 'hours', %(first_contact_hours)s::int)
            WHEN pace = %(pace_review)s
            THEN jsonb_build_object('phase', phase, 'pace', pace, 'tier', tier, 'unanswered', unanswered,
                                    'since', since, 'basis', basis)
            ELSE jsonb_build_object('phase', phase, 'pace', pace, 'tier', tier, 'from', shortest, 'to', longest,
                                    'days', days, 'unanswered', unanswered, 'since', since, 'basis', basis)
                 || CASE WHEN days < usual_days THEN jsonb_build_object('decides_on', decides_on)
                         ELSE '{}'::jsonb END
            END AS reason,
       CASE WHEN phase <> %(stage_paused)s AND %(today)s::date - revisits_from <= %(chain_ends)s THEN (
            SELECT min(n) FROM unnest(%(chain)s::int[]) AS n
            WHERE %(today)s::date - revisits_from - n <= %(late)s
              AND NOT EXISTS (
                  SELECT 1 FROM followups_followup u
                  WHERE u.customer_id = kept.customer_id
                    AND u.source_key = 'revisit:' || kept.customer_id || ':' || revisits_from || ':' || n)
            ) END AS chain_days,
       usual, other_method, own_method, own_purpose, at_time AS own_time,
       date_trunc('minute', first_by AT TIME ZONE owner_zone)::time AS first_time
FROM kept
