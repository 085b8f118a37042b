"""A try without an answer counts as a touch, no longer as the last contact."""

from django.db import migrations

FACTS = """
UPDATE customers_customerfacts f
SET last_contact_at = i.reached_at, last_contact_kind = COALESCE(i.reached_kind, ''), last_attempt_at = i.tried_at,
    last_result = i.result, unanswered = i.unanswered
FROM (
    SELECT customer_id, max(occurred_at) AS tried_at, max(reached_at) AS reached_at,
           (array_agg(kind ORDER BY occurred_at DESC, id DESC) FILTER (WHERE reached))[1] AS reached_kind,
           (array_agg(result ORDER BY occurred_at DESC, id DESC))[1] AS result,
           count(*) FILTER (WHERE NOT reached AND (reached_at IS NULL OR occurred_at > reached_at)) AS unanswered
    FROM (SELECT id, customer_id, kind, result, occurred_at, result <> 'no_answer' AS reached,
                 max(occurred_at) FILTER (WHERE result <> 'no_answer') OVER (PARTITION BY customer_id) AS reached_at
          FROM customers_interaction
          WHERE deleted_at IS NULL AND NOT automatic AND direction <> 'internal') made
    GROUP BY customer_id
) i
WHERE i.customer_id = f.customer_id
"""


class Migration(migrations.Migration):
    dependencies = [("customers", "0019_cadence")]

    operations = [migrations.RunSQL(FACTS, migrations.RunSQL.noop)]
