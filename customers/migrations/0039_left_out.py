"""Whom a hold-out leaves out of the automatic plan."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('customers', '0038_next_purchase'),
    ]

    operations = [
        migrations.AddField(
            model_name='customerfacts',
            name='left_out',
            field=models.BooleanField(db_default=False, default=False),
        ),
    ]
