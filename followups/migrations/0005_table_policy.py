import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models


def switched_off(apps, schema_editor):
    """A line that was switched off does nothing by itself."""
    for name in ('CadenceRule', 'CadenceRuleEvent'):
        apps.get_model('followups', name).objects.filter(is_active=False).update(policy='none')


class Migration(migrations.Migration):

    dependencies = [
        ('followups', '0004_cadence'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        pgtrigger.migrations.RemoveTrigger(
            model_name='cadencerule',
            name='before_update_update',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='cadencerule',
            name='before_delete_delete',
        ),
        migrations.AddField(
            model_name='cadencerule',
            name='policy',
            field=models.CharField(choices=[('task', 'plan a follow-up'), ('none', 'nothing by itself')], default='task', max_length=6, verbose_name='by itself'),
        ),
        migrations.AddField(
            model_name='cadenceruleevent',
            name='policy',
            field=models.CharField(choices=[('task', 'plan a follow-up'), ('none', 'nothing by itself')], default='task', max_length=6, verbose_name='by itself'),
        ),
        migrations.RunPython(switched_off, migrations.RunPython.noop),
        migrations.RemoveField(
            model_name='cadencerule',
            name='is_active',
        ),
        migrations.RemoveField(
            model_name='cadenceruleevent',
            name='is_active',
        ),
        migrations.AddField(
            model_name='cadencerule',
            name='updated_at',
            field=models.DateTimeField(editable=False, null=True),
        ),
        migrations.AddField(
            model_name='cadencerule',
            name='updated_by',
            field=models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='cadencerule',
            trigger=pgtrigger.compiler.Trigger(name='before_update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."amount" IS DISTINCT FROM (NEW."amount") OR OLD."category" IS DISTINCT FROM (NEW."category") OR OLD."content" IS DISTINCT FROM (NEW."content") OR OLD."frequency" IS DISTINCT FROM (NEW."frequency") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."longest" IS DISTINCT FROM (NEW."longest") OR OLD."method" IS DISTINCT FROM (NEW."method") OR OLD."other_method" IS DISTINCT FROM (NEW."other_method") OR OLD."phase" IS DISTINCT FROM (NEW."phase") OR OLD."policy" IS DISTINCT FROM (NEW."policy") OR OLD."scheme" IS DISTINCT FROM (NEW."scheme") OR OLD."shortest" IS DISTINCT FROM (NEW."shortest") OR OLD."tier" IS DISTINCT FROM (NEW."tier"))', func='INSERT INTO "followups_cadenceruleevent" ("amount", "category", "content", "frequency", "id", "longest", "method", "other_method", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "phase", "policy", "scheme", "shortest", "tier") VALUES (OLD."amount", OLD."category", OLD."content", OLD."frequency", OLD."id", OLD."longest", OLD."method", OLD."other_method", _pgh_attach_context(), NOW(), \'before_update\', OLD."id", OLD."phase", OLD."policy", OLD."scheme", OLD."shortest", OLD."tier"); RETURN NULL;', hash='7b5d5720c71d31e1d723439f1f6d965f7750f150', operation='UPDATE', pgid='pgtrigger_before_update_update_212df', table='followups_cadencerule', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='cadencerule',
            trigger=pgtrigger.compiler.Trigger(name='before_delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "followups_cadenceruleevent" ("amount", "category", "content", "frequency", "id", "longest", "method", "other_method", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "phase", "policy", "scheme", "shortest", "tier") VALUES (OLD."amount", OLD."category", OLD."content", OLD."frequency", OLD."id", OLD."longest", OLD."method", OLD."other_method", _pgh_attach_context(), NOW(), \'before_delete\', OLD."id", OLD."phase", OLD."policy", OLD."scheme", OLD."shortest", OLD."tier"); RETURN NULL;', hash='3dabd30de275017e66dabd5e705882d5e3677ccd', operation='DELETE', pgid='pgtrigger_before_delete_delete_e2a59', table='followups_cadencerule', when='AFTER')),
        ),
    ]
