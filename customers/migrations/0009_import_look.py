from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('customers', '0008_one_spelling_of_phones'),
    ]

    operations = [
        migrations.AddField(
            model_name='importjob',
            name='look',
            field=models.JSONField(default=dict),
        ),
    ]
