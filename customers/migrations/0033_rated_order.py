"""The last purchase that the scores know, so that no page says of a later one that there was none."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("customers", "0032_scores_sorted")]

    operations = [migrations.AddField("customerfacts", "rated_order_on", models.DateField(null=True))]
