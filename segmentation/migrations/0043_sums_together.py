"""Sums of a team and of everybody beside those of owners, also of what was counted before."""

from django.conf import settings
from django.db import migrations, models

EFFECT = "customers rated high had_bought lost buyers orders revenue usual costed margin"
ECONOMICS = "customers revenue costed margin discount sold discounted minutes entered acquired acquisition upkeep"
# Table -> what its sums are kept by beside owner and team, and what adds up.
TABLES = {
    "runsum": (
        "run_id channel_id tier_scheme tier tier_before lifecycle",
        "customers repeat_customers active_customers warned revenue month_revenue month_orders month_buyers",
    ),
    "potentialsum": ("run_id channel_id tier_scheme amount_class potential", "customers revenue"),
    "cohortsum": ("grain cohort bought channel_id tier_scheme", "customers"),
    "retentionsum": ("run_id span begun_on channel_id tier_scheme tier", "customers churned"),
    "effectsum": ("month_id channel_id tier_scheme tier standing", EFFECT),
    "effectpart": ("month_id code channel_id tier_scheme tier standing", "customers n hits"),
    "economicssum": ("channel_id tier_scheme tier", f"{ECONOMICS} contribution much little"),
    "customerscame": ("channel_id tier_scheme tier month", "customers"),
}
# The same where `customers` and `revenue` are arrays beside that of the last column.
ARRAYS = {
    "amountsum": ("run_id channel_id tier_scheme counted_at", "steps"),
    "preferencesum": ("run_id channel_id tier_scheme tier", "items"),
}


def add_together(apps, schema_editor):
    """As a night will from now on."""
    for name, (keys, values) in TABLES.items():
        table, by, added = f"segmentation_{name}", keys.replace(" ", ", "), values.split()
        schema_editor.execute(
            f"INSERT INTO {table} (level, team_id, {by}, {', '.join(added)})"
            f" SELECT 1 + GROUPING(team_id), team_id, {by}, {', '.join(f'sum({one})' for one in added)}"
            f" FROM {table} WHERE level = 0 GROUP BY GROUPING SETS ((team_id, {by}), ({by}))"
        )
    for name, (keys, steps) in ARRAYS.items():
        table, by = f"segmentation_{name}", keys.replace(" ", ", ")
        schema_editor.execute(
            f"INSERT INTO {table} (level, team_id, {by}, {steps}, customers, revenue)"
            f" SELECT level, team_id, {by}, array_agg({steps} ORDER BY {steps}),"
            f" array_agg(customers ORDER BY {steps}), array_agg(revenue ORDER BY {steps})"
            f" FROM (SELECT 1 + GROUPING(team_id) AS level, team_id, {by}, u.{steps}, sum(u.customers) AS customers,"
            f" sum(u.revenue) AS revenue FROM {table} s"
            f" CROSS JOIN LATERAL unnest(s.{steps}, s.customers, s.revenue) AS u ({steps}, customers, revenue)"
            f" WHERE s.level = 0 GROUP BY GROUPING SETS ((team_id, {by}, u.{steps}), ({by}, u.{steps}))) of_all"
            f" GROUP BY level, team_id, {by}"
        )


def take_away(apps, schema_editor):
    """Only owners' sums were there before."""
    for name in (*TABLES, *ARRAYS):
        schema_editor.execute(f"DELETE FROM segmentation_{name} WHERE level > 0")


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0020_confidential_fields'),
        ('customers', '0045_own_fields_narrow'),
        ('segmentation', '0042_customers_came'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='cohortsum',
            name='one_sum_per_cell',
        ),
        migrations.AddField(
            model_name='amountsum',
            name='level',
            field=models.PositiveSmallIntegerField(db_default=0, default=0),
        ),
        migrations.AddField(
            model_name='cohortsum',
            name='level',
            field=models.PositiveSmallIntegerField(db_default=0, default=0),
        ),
        migrations.AddField(
            model_name='customerscame',
            name='level',
            field=models.PositiveSmallIntegerField(db_default=0, default=0),
        ),
        migrations.AddField(
            model_name='economicssum',
            name='level',
            field=models.PositiveSmallIntegerField(db_default=0, default=0),
        ),
        migrations.AddField(
            model_name='effectpart',
            name='level',
            field=models.PositiveSmallIntegerField(db_default=0, default=0),
        ),
        migrations.AddField(
            model_name='effectsum',
            name='level',
            field=models.PositiveSmallIntegerField(db_default=0, default=0),
        ),
        migrations.AddField(
            model_name='potentialsum',
            name='level',
            field=models.PositiveSmallIntegerField(db_default=0, default=0),
        ),
        migrations.AddField(
            model_name='preferencesum',
            name='level',
            field=models.PositiveSmallIntegerField(db_default=0, default=0),
        ),
        migrations.AddField(
            model_name='retentionsum',
            name='level',
            field=models.PositiveSmallIntegerField(db_default=0, default=0),
        ),
        migrations.AddField(
            model_name='runsum',
            name='level',
            field=models.PositiveSmallIntegerField(db_default=0, default=0),
        ),
        migrations.AddIndex(
            model_name='amountsum',
            index=models.Index(condition=models.Q(('level__gt', 0)), fields=['run', 'level'], name='amounts_together'),
        ),
        migrations.AddIndex(
            model_name='cohortsum',
            index=models.Index(condition=models.Q(('level__gt', 0)), fields=['grain', 'level'], name='cohorts_together'),
        ),
        migrations.AddIndex(
            model_name='customerscame',
            index=models.Index(condition=models.Q(('level__gt', 0)), fields=['level'], name='came_together'),
        ),
        migrations.AddIndex(
            model_name='economicssum',
            index=models.Index(condition=models.Q(('level__gt', 0)), fields=['level'], name='economics_together'),
        ),
        migrations.AddIndex(
            model_name='effectpart',
            index=models.Index(condition=models.Q(('level__gt', 0)), fields=['month', 'level'], name='effect_part_together'),
        ),
        migrations.AddIndex(
            model_name='effectsum',
            index=models.Index(condition=models.Q(('level__gt', 0)), fields=['month', 'level'], name='effect_together'),
        ),
        migrations.AddIndex(
            model_name='potentialsum',
            index=models.Index(condition=models.Q(('level__gt', 0)), fields=['run', 'level'], name='potential_together'),
        ),
        migrations.AddIndex(
            model_name='preferencesum',
            index=models.Index(condition=models.Q(('level__gt', 0)), fields=['run', 'level'], name='preferences_together'),
        ),
        migrations.AddIndex(
            model_name='retentionsum',
            index=models.Index(condition=models.Q(('level__gt', 0)), fields=['span', 'level'], name='retention_together'),
        ),
        migrations.AddIndex(
            model_name='runsum',
            index=models.Index(condition=models.Q(('level__gt', 0)), fields=['run', 'level'], name='sums_together'),
        ),
        migrations.AddConstraint(
            model_name='cohortsum',
            constraint=models.UniqueConstraint(fields=('grain', 'cohort', 'bought', 'owner', 'team', 'channel', 'tier_scheme', 'level'), name='one_sum_per_cell', nulls_distinct=False),
        ),
        migrations.RunPython(add_together, take_away),
    ]
