-- Whom this night computes: of whom something was written since the last one, by whatever door, and for whom a day has
-- come. Each part is a range of an index. bought: whether orders may have come into the window or left it.
DROP TABLE IF EXISTS night_subjects;
CREATE TEMP TABLE night_subjects ON COMMIT DROP AS
SELECT c.id AS customer_id, bool_or(found.bought) AS bought
FROM (
    SELECT customer_id, TRUE AS bought FROM night_seen
    UNION
    SELECT customer_id, FALSE FROM segmentation_rateon WHERE "on" <= %(as_of)s
    UNION
    -- Orders and returns that were dated ahead.
    SELECT o.customer_id, TRUE FROM sales_order o
    WHERE o.ordered_at >= %(ahead_from)s AND o.ordered_at < %(ahead_to)s
      AND o.ordered_on > %(before)s AND o.ordered_on <= %(as_of)s
    UNION
    SELECT o.customer_id, TRUE FROM sales_order back JOIN sales_order o ON o.id = back.return_of_id
    WHERE back.ordered_at >= %(ahead_from)s AND back.ordered_at < %(ahead_to)s
      AND back.ordered_on > %(before)s AND back.ordered_on <= %(as_of)s
    UNION
    -- Orders that left the window, or one of the spans that are compared.
    SELECT o.customer_id, o.ordered_on = ANY(%(left_window)s::date[]) FROM sales_order o
    WHERE o.deleted_at IS NULL AND o.state = %(order_completed)s AND o.ordered_on = ANY(%(left)s::date[])
    UNION
    SELECT o.customer_id, FALSE FROM sales_order o
    WHERE o.deleted_at IS NULL AND o.state = %(order_completed)s AND o.ordered_on = ANY(%(left_of_warned)s::date[])
      AND (%(openers)s OR EXISTS (SELECT 1 FROM segmentation_churncase c
                                  WHERE c.customer_id = o.customer_id AND c.closed_at IS NULL))
    UNION
    -- Tiers by hand that ran out.
    SELECT customer_id, FALSE FROM segmentation_tieroverride
    WHERE ended_at IS NULL AND expires_on >= %(ran_out_from)s AND expires_on <= %(today)s
) found
JOIN customers_customer c ON c.id = found.customer_id AND c.deleted_at IS NULL
GROUP BY c.id;
CREATE UNIQUE INDEX ON night_subjects (customer_id);
ANALYZE night_subjects;
