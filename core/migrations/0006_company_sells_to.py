"""To whom the company sells: both, until somebody says more."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("core", "0005_reset_links_go")]
    operations = [
        migrations.AddField(
            model_name="company",
            name="sells_to",
            field=models.CharField(
                choices=[("persons", "persons"), ("companies", "companies"), ("both", "both")],
                default="both",
                max_length=10,
                verbose_name="we sell to",
            ),
        ),
    ]
