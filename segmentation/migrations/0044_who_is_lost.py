"""Who is lost is found without a look at everybody."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('customers', '0045_own_fields_narrow'),
        ('segmentation', '0043_sums_together'),
    ]

    operations = [
        migrations.AddIndex(
            model_name='scoreinterval',
            index=models.Index(condition=models.Q(('lifecycle', 'lost')), fields=['valid_from'], include=('valid_to', 'customer'), name='interval_lost'),
        ),
    ]
