from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [("customers", "0006_unplanned_index")]

    operations = [
        migrations.AddField("importjob", "attempts", models.PositiveSmallIntegerField(default=0)),
    ]
