"""Tiers set by hand keep their history: who ended one and when, and which one came before."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import core.clock
from customers.models import Kind

SCHEMES = """
UPDATE segmentation_tieroverride o SET tier_scheme = 'b2b'
FROM customers_customer c WHERE c.id = o.customer_id AND c.kind = %s
"""


class Migration(migrations.Migration):
    dependencies = [
        ("customers", "0030_further_scores"),
        ("segmentation", "0006_qualification"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            "tieroverride",
            "tier_scheme",
            models.CharField(choices=[("b2c", "persons"), ("b2b", "companies")], default="b2c", max_length=3),
            preserve_default=False,
        ),
        migrations.AddField("tieroverride", "ended_at", models.DateTimeField(null=True)),
        migrations.AddField(
            "tieroverride",
            "ended_by",
            models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField("tieroverride", "undone", models.BooleanField(default=False)),
        migrations.AlterField("tieroverride", "created_at", models.DateTimeField(default=core.clock.now)),
        migrations.AlterField(
            "tieroverride",
            "customer",
            models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="tier_overrides",
                to="customers.customer",
                verbose_name="customer",
            ),
        ),
        migrations.AlterField("tieroverride", "tier", models.CharField(max_length=20, verbose_name="tier")),
        migrations.AddConstraint(
            "tieroverride",
            models.UniqueConstraint(
                condition=models.Q(("ended_at", None)), fields=("customer",), name="one_standing_override"
            ),
        ),
        migrations.AddIndex(
            "tieroverride",
            models.Index(condition=models.Q(("ended_at", None)), fields=["expires_on", "id"], name="standing_overrides"),
        ),
        migrations.RunSQL([(SCHEMES, [Kind.COMPANY.value])], migrations.RunSQL.noop),
    ]
