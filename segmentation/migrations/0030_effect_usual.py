from django.db import migrations, models


class Migration(migrations.Migration):
    """Sales are compared with what customers usually brought, not with the month before: every month is counted anew."""

    dependencies = [
        ('segmentation', '0029_segments'),
    ]

    operations = [
        migrations.RunSQL(
            # The checks of what was deleted are done at once: a table with some pending can't be altered.
            "DELETE FROM segmentation_effectpart; DELETE FROM segmentation_effectsum;"
            "DELETE FROM segmentation_effectmonth; SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS ALL DEFERRED",
            migrations.RunSQL.noop,
        ),
        migrations.RemoveField('effectmonth', 'before_first'),
        migrations.RemoveField('effectmonth', 'before_last'),
        migrations.RemoveField('effectsum', 'revenue_before'),
        migrations.AddField('effectsum', 'usual', models.BigIntegerField(default=0), preserve_default=False),
    ]
