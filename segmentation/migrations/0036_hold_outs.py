"""Hold-outs of a tier, who was drawn on which side, and customers who are compared."""

import core.clock
import django.contrib.postgres.fields
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0018_ways_to_people'),
        ('customers', '0039_left_out'),
        ('segmentation', '0035_amounts_of_months'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='HoldOut',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='created')),
                ('updated_at', models.DateTimeField(auto_now=True, verbose_name='last change')),
                ('scheme', models.CharField(choices=[('b2c', 'persons'), ('b2b', 'companies')], max_length=3)),
                ('tier', models.CharField(max_length=20, verbose_name='tier')),
                ('share', models.PositiveSmallIntegerField(verbose_name='left out (%)')),
                ('starts_on', models.DateField(verbose_name='starts on')),
                ('began_on', models.DateField(null=True)),
                ('ended_on', models.DateField(null=True)),
                ('withdrawn_at', models.DateTimeField(null=True)),
                ('created_by', models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('ended_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('updated_by', models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('withdrawn_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['-starts_on', '-id'],
            },
        ),
        migrations.CreateModel(
            name='Comparison',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('first', models.DateField(null=True, unique=True)),
                ('since', models.DateField()),
                ('until', models.DateField()),
                ('high', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=24), size=None)),
                ('told', models.JSONField(default=dict)),
                ('counted_at', models.DateTimeField(default=core.clock.now)),
                ('hold_out', models.OneToOneField(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='comparison', to='segmentation.holdout')),
            ],
        ),
        migrations.CreateModel(
            name='HoldOutMember',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('held', models.BooleanField()),
                ('running', models.BooleanField(default=True)),
                ('taken_in_at', models.DateTimeField(null=True)),
                ('customer', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='customers.customer')),
                ('hold_out', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='members', to='segmentation.holdout')),
                ('taken_in_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.CreateModel(
            name='Compared',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('tier_scheme', models.CharField(max_length=3)),
                ('tier', models.CharField(max_length=20)),
                ('treated', models.BooleanField()),
                ('existing', models.BooleanField()),
                ('could_leave', models.BooleanField()),
                ('bought', models.BooleanField()),
                ('lost', models.BooleanField()),
                ('high', models.BooleanField()),
                ('complained', models.BooleanField()),
                ('answered', models.BooleanField()),
                ('satisfied', models.BooleanField()),
                ('activities', models.IntegerField()),
                ('revenue', models.BigIntegerField()),
                ('capped', models.BigIntegerField()),
                ('customer', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='customers.customer')),
                ('owner', models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('partner', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='segmentation.compared')),
                ('team', models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='accounts.team')),
                ('comparison', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='rows', to='segmentation.comparison')),
            ],
            options={
                'indexes': [models.Index(fields=['comparison', 'owner'], name='compared_by_owner')],
                'constraints': [models.UniqueConstraint(fields=('comparison', 'customer'), name='once_in_a_comparison')],
            },
        ),
        migrations.AddConstraint(
            model_name='holdout',
            constraint=models.CheckConstraint(condition=models.Q(('share__gte', 5), ('share__lte', 50)), name='hold_out_share'),
        ),
        migrations.AddConstraint(
            model_name='holdout',
            constraint=models.CheckConstraint(condition=models.Q(('ended_on', None), models.Q(('began_on__isnull', False), ('ended_on__gte', models.F('began_on'))), _connector='OR'), name='hold_out_ends_after_it_began'),
        ),
        migrations.AddConstraint(
            model_name='holdout',
            constraint=models.CheckConstraint(condition=models.Q(('withdrawn_at', None), ('began_on', None), _connector='OR'), name='hold_out_withdrawn_before_it_began'),
        ),
        migrations.AddConstraint(
            model_name='holdout',
            constraint=models.UniqueConstraint(condition=models.Q(('ended_on', None), ('withdrawn_at', None)), fields=('scheme', 'tier'), name='one_open_hold_out_of_a_tier'),
        ),
        migrations.AddConstraint(
            model_name='comparison',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('first__isnull', False), ('hold_out', None)), models.Q(('first', None), ('hold_out__isnull', False)), _connector='OR'), name='comparison_of_a_hold_out_or_a_month'),
        ),
        migrations.AddConstraint(
            model_name='holdoutmember',
            constraint=models.UniqueConstraint(fields=('hold_out', 'customer'), name='once_in_a_hold_out'),
        ),
        migrations.AddConstraint(
            model_name='holdoutmember',
            constraint=models.UniqueConstraint(condition=models.Q(('running', True)), fields=('customer',), name='in_one_hold_out_at_a_time'),
        ),
        migrations.AddConstraint(
            model_name='holdoutmember',
            constraint=models.CheckConstraint(condition=models.Q(('taken_in_at', None), ('held', True), _connector='OR'), name='only_who_is_left_out_comes_in'),
        ),
    ]
