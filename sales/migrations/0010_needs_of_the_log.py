"""What the log of the last half year noted as a new need becomes one: the first entry with the same words brings it.

Older ones stay in the log: nobody has kept them up to date, and a list of stale needs would hide the live ones.
"""

from datetime import timedelta
from typing import Any, ClassVar

from django.db import migrations
from django.utils import timezone

COUNTS_FOR = timedelta(days=180)
NEEDS = """
    INSERT INTO sales_need (customer_id, interaction_id, contact_id, text, kind, state, since, reason, moved_at,
                            by_hand, version, created_at, updated_at, created_by_id, updated_by_id)
    SELECT DISTINCT ON (entry.customer_id, lower(trim(entry.needs_found)))
           entry.customer_id, entry.id, entry.contact_id, trim(entry.needs_found), '', 'open',
           (entry.occurred_at AT TIME ZONE %s)::date, '', entry.received_at, false, 1,
           entry.received_at, entry.received_at, entry.user_id, entry.user_id
    FROM customers_interaction entry
    WHERE entry.deleted_at IS NULL AND trim(entry.needs_found) <> '' AND entry.occurred_at >= %s
    ORDER BY entry.customer_id, lower(trim(entry.needs_found)), entry.occurred_at, entry.id
"""
STEPS = """
    INSERT INTO sales_needstep (need_id, at, by_id, state, reason, interaction_id)
    SELECT id, moved_at, created_by_id, state, '', interaction_id FROM sales_need
"""


def take_over(apps: Any, schema_editor: Any) -> None:
    company = apps.get_model("core", "Company").objects.first()
    zone = company.time_zone if company else "UTC"
    with schema_editor.connection.cursor() as cursor:
        cursor.execute(NEEDS, [zone, timezone.now() - COUNTS_FOR])
        cursor.execute(STEPS)


class Migration(migrations.Migration):
    dependencies: ClassVar[list[tuple[str, str]]] = [("sales", "0009_needs"), ("core", "0013_check_in_radius")]
    operations: ClassVar[list[object]] = [migrations.RunPython(take_over, migrations.RunPython.noop)]
