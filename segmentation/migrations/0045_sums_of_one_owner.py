"""Rows of owners have indexes of their own: sums of several have no owner, as those of the pool, and stand aside."""

from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0020_confidential_fields'),
        ('customers', '0046_duplicates'),
        ('segmentation', '0044_who_is_lost'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveIndex(
            model_name='cohortsum',
            name='cohorts_by_owner',
        ),
        migrations.RemoveIndex(
            model_name='effectpart',
            name='effect_part_by_owner',
        ),
        migrations.RemoveIndex(
            model_name='effectsum',
            name='effect_by_owner',
        ),
        migrations.RemoveIndex(
            model_name='retentionsum',
            name='retention_by_owner',
        ),
        migrations.RemoveIndex(
            model_name='runsum',
            name='sums_by_owner',
        ),
        migrations.AddIndex(
            model_name='amountsum',
            index=models.Index(condition=models.Q(('level', 0)), fields=['run', 'owner'], name='amounts_by_owner'),
        ),
        migrations.AddIndex(
            model_name='cohortsum',
            index=models.Index(condition=models.Q(('level', 0)), fields=['grain', 'owner'], name='cohorts_by_owner'),
        ),
        migrations.AddIndex(
            model_name='customerscame',
            index=models.Index(condition=models.Q(('level', 0)), fields=['owner'], name='came_by_owner'),
        ),
        migrations.AddIndex(
            model_name='economicssum',
            index=models.Index(condition=models.Q(('level', 0)), fields=['owner'], name='economics_by_owner'),
        ),
        migrations.AddIndex(
            model_name='effectpart',
            index=models.Index(condition=models.Q(('level', 0)), fields=['month', 'owner'], name='effect_part_by_owner'),
        ),
        migrations.AddIndex(
            model_name='effectsum',
            index=models.Index(condition=models.Q(('level', 0)), fields=['month', 'owner'], name='effect_by_owner'),
        ),
        migrations.AddIndex(
            model_name='potentialsum',
            index=models.Index(condition=models.Q(('level', 0)), fields=['run', 'owner'], name='potential_by_owner'),
        ),
        migrations.AddIndex(
            model_name='preferencesum',
            index=models.Index(condition=models.Q(('level', 0)), fields=['run', 'owner'], name='preferences_by_owner'),
        ),
        migrations.AddIndex(
            model_name='retentionsum',
            index=models.Index(condition=models.Q(('level', 0)), fields=['span', 'owner'], name='retention_by_owner'),
        ),
        migrations.AddIndex(
            model_name='runsum',
            index=models.Index(condition=models.Q(('level', 0)), fields=['run', 'owner'], name='sums_by_owner'),
        ),
    ]
