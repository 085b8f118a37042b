"""How sales are spread is kept of a year of months, an owner's steps in a row; the coming night counts them."""

from typing import ClassVar

import django.contrib.postgres.fields
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies: ClassVar = [("segmentation", "0034_sums_outlive_channels")]

    operations: ClassVar = [
        migrations.RunSQL("DELETE FROM segmentation_amountsum", migrations.RunSQL.noop),
        migrations.RemoveField("amountsum", "step"),
        migrations.RemoveField("amountsum", "customers"),
        migrations.RemoveField("amountsum", "revenue"),
        migrations.AddField(
            "amountsum",
            "steps",
            django.contrib.postgres.fields.ArrayField(models.SmallIntegerField(), default=list),
            preserve_default=False,
        ),
        migrations.AddField(
            "amountsum",
            "customers",
            django.contrib.postgres.fields.ArrayField(models.IntegerField(), default=list),
            preserve_default=False,
        ),
        migrations.AddField(
            "amountsum",
            "revenue",
            django.contrib.postgres.fields.ArrayField(models.BigIntegerField(), default=list),
            preserve_default=False,
        ),
        migrations.AddField("amountsum", "counted_at", models.DateTimeField(default=None), preserve_default=False),
        # Also for one scheme the customers behind a figure come of this index alone.
        migrations.RemoveIndex("scoreinterval", "interval_tier"),
        migrations.AddIndex(
            "scoreinterval",
            models.Index(
                fields=["tier", "valid_from"],
                include=["valid_to", "customer", "tier_scheme"],
                name="interval_tier",
            ),
        ),
    ]
