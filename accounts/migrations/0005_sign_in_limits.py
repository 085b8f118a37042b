"""Buckets of sign-in attempts and folded audit lines; the tables of django-axes, which counted before, go."""

import django.db.models.functions.datetime
import django.db.models.functions.text
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0004_names_in_one_spelling'),
    ]

    operations = [
        migrations.RunSQL(
            """
            DROP TABLE IF EXISTS axes_accessattemptexpiration, axes_accessattempt, axes_accesslog,
                axes_accessfailurelog;
            DELETE FROM django_migrations WHERE app = 'axes';
            """,
            migrations.RunSQL.noop,
        ),
        migrations.CreateModel(
            name='AttemptBucket',
            fields=[
                ('key', models.TextField(primary_key=True, serialize=False)),
                ('empty_at', models.DateTimeField(db_index=True)),
            ],
        ),
        migrations.CreateModel(
            name='AuditFold',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('act', models.CharField(max_length=60)),
                ('object_id', models.BigIntegerField(default=0)),
                ('address', models.CharField(blank=True, max_length=45)),
                ('since', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('count', models.PositiveIntegerField(default=0)),
            ],
        ),
        migrations.RemoveConstraint(
            model_name='user',
            name='user_email_once',
        ),
        migrations.AddConstraint(
            model_name='user',
            constraint=models.UniqueConstraint(fields=('email',), name='user_email_once'),
        ),
        migrations.AddConstraint(
            model_name='user',
            constraint=models.CheckConstraint(condition=models.Q(('email', django.db.models.functions.text.Lower('email'))), name='user_email_in_lower_case'),
        ),
        migrations.AddConstraint(
            model_name='auditfold',
            constraint=models.UniqueConstraint(fields=('act', 'object_id', 'address'), name='one_fold_per_act_and_address'),
        ),
    ]
