"""How many purchases a month has, and how many customers made them; older runs haven't counted them. And the indexes
of the lists behind figures of past runs."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("segmentation", "0027_forecasts")]

    operations = [
        migrations.AddField("runsum", "month_buyers", models.IntegerField(null=True)),
        migrations.AddField("runsum", "month_orders", models.IntegerField(null=True)),
        migrations.AddField("sumshare", "month_orders", models.PositiveIntegerField(default=0)),
        migrations.AddIndex(
            "scoreinterval",
            models.Index(fields=["tier", "valid_from"], name="interval_tier", include=("valid_to", "customer")),
        ),
        migrations.AddIndex(
            "scoreinterval",
            models.Index(
                fields=["valid_from"],
                name="interval_warned",
                include=("valid_to", "customer"),
                condition=~models.Q(warning="none"),
            ),
        ),
    ]
