from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('customers', '0007_import_attempts'),
    ]

    operations = [
        migrations.AddField(
            model_name='importjob',
            name='look',
            field=models.JSONField(default=dict),
        ),
    ]
