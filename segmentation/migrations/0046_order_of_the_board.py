"""Open warnings in the order of their board."""

from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('customers', '0049_senders'),
        ('segmentation', '0045_sums_of_one_owner'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddIndex(
            model_name='churncase',
            index=models.Index(models.OrderBy(models.F('value_at_risk'), descending=True, nulls_last=True), models.F('id'), condition=models.Q(('closed_at', None)), name='open_cases_board'),
        ),
    ]
