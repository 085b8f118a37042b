"""The purchase that the revisits of day 7, 30 and 90 count from: the first one, or one that came late."""

from django.db import migrations

FACTS = """
WITH orders AS MATERIALIZED (
    SELECT id, customer_id, kind, ordered_on, total, amount, return_of_id
    FROM sales_order WHERE deleted_at IS NULL AND state = 'completed'
), returned AS (
    SELECT return_of_id AS id, sum(total) AS total FROM orders
    WHERE kind = 'return' AND return_of_id IS NOT NULL GROUP BY return_of_id
), purchases AS (
    SELECT DISTINCT o.customer_id, o.ordered_on
    FROM orders o LEFT JOIN returned r ON r.id = o.id
    WHERE o.kind = 'purchase' AND o.amount > 0 AND o.total + COALESCE(r.total, 0) > 0
), spaced AS (
    SELECT *, ordered_on - lag(ordered_on) OVER (PARTITION BY customer_id ORDER BY ordered_on) AS gap FROM purchases
), bought AS (
    SELECT customer_id, array_agg(ordered_on ORDER BY ordered_on) AS days, array_agg(gap ORDER BY ordered_on) AS gaps
    FROM spaced GROUP BY customer_id
)
UPDATE customers_customerfacts f
SET revisits_from = (
    SELECT max(d.day) FROM unnest(b.days) WITH ORDINALITY AS d(day, n)
    WHERE d.n = 1 OR b.gaps[d.n] > 2 * (
        SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY g) FROM unnest(b.gaps[2:d.n::int - 1]) AS g
        HAVING count(*) >= 3))
FROM bought b WHERE b.customer_id = f.customer_id
"""


class Migration(migrations.Migration):
    dependencies = [("sales", "0005_orders_by_amount"), ("customers", "0019_cadence")]

    operations = [migrations.RunSQL(FACTS, migrations.RunSQL.noop)]
