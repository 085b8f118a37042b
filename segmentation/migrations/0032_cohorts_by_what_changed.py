"""Who bought again is counted of the customers of whom something was written; the first night counts everybody."""

import django.db.models.deletion
from django.contrib.postgres.fields import ArrayField
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("segmentation", "0031_costs")]

    operations = [
        migrations.CreateModel(
            name="CohortLook",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "run",
                    models.OneToOneField(
                        "segmentation.ScoreRun", django.db.models.deletion.CASCADE, related_name="cohort_look"
                    ),
                ),
                ("at", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="CohortShare",
            fields=[
                ("customer_id", models.BigIntegerField(primary_key=True, serialize=False)),
                ("owner_id", models.BigIntegerField(null=True)),
                ("team_id", models.BigIntegerField(null=True)),
                ("channel_id", models.BigIntegerField(null=True)),
                ("tier_scheme", models.CharField(max_length=3)),
                ("first", models.SmallIntegerField()),
                ("months", ArrayField(models.SmallIntegerField())),
            ],
            options={"indexes": [models.Index(fields=["first"], name="cohort_share_first")]},
        ),
        migrations.CreateModel(
            name="ToCount",
            fields=[("customer_id", models.BigIntegerField(primary_key=True, serialize=False))],
        ),
        # Sums of a run, which the next night makes anew.
        migrations.RunSQL("DELETE FROM segmentation_cohortsum", migrations.RunSQL.noop),
        migrations.RemoveField("cohortsum", "run"),
        migrations.AddConstraint(
            "cohortsum",
            models.UniqueConstraint(
                fields=["grain", "cohort", "bought", "owner", "team", "channel", "tier_scheme"],
                name="one_sum_per_cell",
                nulls_distinct=False,
            ),
        ),
    ]
