"""The table of import jobs becomes this app's: renamed with its rows, never copied.

`customers` made it; there it is taken out of the state by the migration that follows (customers.0014).
"""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

# PostgreSQL keeps what points at a renamed table (foreign keys, indexes, the sequence of the id); the names of the
# sequence and of the key follow so that they tell the truth.
RENAME = """
ALTER TABLE customers_importjob RENAME TO intake_importjob;
ALTER SEQUENCE customers_importjob_id_seq RENAME TO intake_importjob_id_seq;
ALTER INDEX customers_importjob_pkey RENAME TO intake_importjob_pkey;
"""
BACK = """
ALTER INDEX intake_importjob_pkey RENAME TO customers_importjob_pkey;
ALTER SEQUENCE intake_importjob_id_seq RENAME TO customers_importjob_id_seq;
ALTER TABLE intake_importjob RENAME TO customers_importjob;
"""


class Migration(migrations.Migration):
    initial = True
    dependencies = [
        ("customers", "0012_lunar_birthdays"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[migrations.RunSQL(RENAME, BACK)],
            state_operations=[
                migrations.CreateModel(
                    name="ImportJob",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("kind", models.CharField(max_length=10)),
                        ("source", models.CharField(default="import", max_length=40)),
                        ("file_name", models.CharField(max_length=255)),
                        ("path", models.CharField(max_length=500)),
                        ("sha256", models.CharField(blank=True, max_length=64)),
                        ("mapping", models.JSONField(default=dict)),
                        ("options", models.JSONField(default=dict)),
                        ("look", models.JSONField(default=dict)),
                        ("state", models.CharField(choices=[("uploaded", "columns to be chosen"), ("waiting", "waiting"), ("ready", "checked"), ("running", "running"), ("done", "done"), ("failed", "failed"), ("cancelled", "cancelled")], default="waiting", max_length=10)),
                        ("total_rows", models.PositiveIntegerField(null=True)),
                        ("next_row", models.PositiveIntegerField(default=0)),
                        ("phase", models.CharField(blank=True, default="", max_length=12)),
                        ("cursor", models.PositiveBigIntegerField(default=0)),
                        ("counts", models.JSONField(default=dict)),
                        ("error_file", models.CharField(blank=True, max_length=500)),
                        ("message", models.TextField(blank=True)),
                        ("lease_until", models.DateTimeField(null=True)),
                        ("attempts", models.PositiveSmallIntegerField(default=0)),
                        ("created_at", models.DateTimeField(auto_now_add=True)),
                        ("started_at", models.DateTimeField(null=True)),
                        ("finished_at", models.DateTimeField(null=True)),
                        ("user", models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name="imports", to=settings.AUTH_USER_MODEL)),
                    ],
                    options={
                        "ordering": ["-id"],
                        "indexes": [models.Index(condition=models.Q(("state__in", ["waiting", "running"])), fields=["id"], name="import_open")],
                    },
                ),
            ],
        ),
    ]
