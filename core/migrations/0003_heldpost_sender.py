from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [("core", "0002_initial")]

    operations = [
        migrations.AddField("heldpost", "sender", models.CharField(blank=True, default="", max_length=40)),
    ]
