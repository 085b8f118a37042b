"""The rules of tiers become versions, the first of which says what was said so far; schemes get names."""

from datetime import date
from typing import Any

import django.contrib.postgres.fields
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import core.clock
from segmentation import tiers

NAMES = {"b2c": ("Persons", "个人客户"), "b2b": ("Companies", "企业客户")}
EVER = date(2000, 1, 1)


def first_versions(apps: Any, schema_editor: Any) -> None:
    """Version 1 of each scheme that has tiers: the company's own rules, else the shipped ones."""
    made = {name: apps.get_model("segmentation", name) for name in ("Tier", "TierScheme", "TierRule", "RuleSet")}
    for scheme, (english, chinese) in NAMES.items():
        codes = list(made["Tier"].objects.filter(scheme=scheme).order_by("rank").values_list("code", flat=True))
        if not codes:
            continue  # a new installation: its first start makes them
        made["TierScheme"].objects.create(code=scheme, name_en=english, name_zh=chinese)
        rows = made["TierRule"].objects.filter(scheme=scheme).order_by("position")
        own = tuple(
            tiers.box(row.tier, r=(row.r_min, row.r_max), f=(row.f_min, row.f_max), m=(row.m_min, row.m_max))
            for row in rows
        )
        definition = tiers.Definition(tuple(codes), closed(own) or tiers.DEFAULTS[scheme].rules)
        made["RuleSet"].objects.create(
            scheme=scheme, number=1, tiers=codes, definition=tiers.as_stored(definition), effective_on=EVER
        )
    for row in made["Tier"].objects.all():
        row.slot = "SABCD".find(row.letter) % 5 + 1
        row.high_value = row.letter in ("S", "A")
        row.save()


def closed(rules: tuple[tiers.Rule, ...]) -> tuple[tiers.Rule, ...]:
    """The same with a last rule for everybody else: old rules had to cover all scores, by whatever boxes."""
    open_to_all = next((place for place, rule in enumerate(rules) if not rule.all), len(rules) - 1)
    return (*rules[:open_to_all], tiers.Rule(rules[open_to_all].tier)) if rules else ()


class Migration(migrations.Migration):

    dependencies = [
        ('segmentation', '0009_scoring_settings_by_hand'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='RuleSet',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('scheme', models.CharField(choices=[('b2c', 'persons'), ('b2b', 'companies')], max_length=3)),
                ('number', models.PositiveIntegerField()),
                ('tiers', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=20), size=None)),
                ('definition', models.JSONField()),
                ('reason', models.CharField(blank=True, max_length=200, verbose_name='reason')),
                ('effective_on', models.DateField(verbose_name='counts from')),
                ('copied_from', models.PositiveIntegerField(null=True)),
                ('created_at', models.DateTimeField(default=core.clock.now)),
                ('withdrawn_at', models.DateTimeField(null=True)),
            ],
            options={
                'ordering': ['scheme', '-number'],
            },
        ),
        migrations.CreateModel(
            name='TierScheme',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name_en', models.CharField(max_length=80, verbose_name='name (English)')),
                ('name_zh', models.CharField(max_length=80, verbose_name='name (Chinese)')),
                ('code', models.CharField(max_length=3, unique=True)),
            ],
            options={
                'ordering': ['-code'],
            },
        ),
        migrations.AddField(
            model_name='scorerun',
            name='rule_sets',
            field=django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), default=list, size=None),
        ),
        migrations.AddField(
            model_name='tier',
            name='high_value',
            field=models.BooleanField(default=False, verbose_name='high-value'),
        ),
        migrations.AddField(
            model_name='tier',
            name='in_use',
            field=models.BooleanField(default=True),
        ),
        migrations.AddField(
            model_name='tier',
            name='slot',
            field=models.PositiveSmallIntegerField(default=1, verbose_name='colour'),
        ),
        migrations.AlterField(
            model_name='tier',
            name='letter',
            field=models.CharField(max_length=2, verbose_name='letter'),
        ),
        migrations.AddConstraint(
            model_name='tier',
            constraint=models.CheckConstraint(condition=models.Q(('slot__gte', 1), ('slot__lte', 5)), name='tier_has_a_colour'),
        ),
        migrations.AddField(
            model_name='ruleset',
            name='created_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='ruleset',
            name='withdrawn_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddConstraint(
            model_name='ruleset',
            constraint=models.UniqueConstraint(fields=('scheme', 'number'), name='one_rule_set_per_number'),
        ),
        migrations.RunPython(first_versions, migrations.RunPython.noop),
        migrations.RemoveField(
            model_name='tierruleevent',
            name='pgh_obj',
        ),
        migrations.RemoveField(
            model_name='tierruleevent',
            name='pgh_context',
        ),
        migrations.DeleteModel(
            name='TierRule',
        ),
        migrations.DeleteModel(
            name='TierRuleEvent',
        ),
    ]
