"""The industry of an occasion is an entry of the catalogue, as it is of a customer."""

from collections import Counter

import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models

from customers.migrations._words import entries_of

TABLES = ("followups_occasion", "followups_occasionevent")


def forwards(apps, schema_editor):
    with schema_editor.connection.cursor() as cursor:
        counts = Counter()
        for times, table in zip((1, 0), TABLES, strict=True):  # what only the history knows is offered to nobody
            cursor.execute(f"SELECT industry_text, count(*) * {times} FROM {table} WHERE industry_text <> '' GROUP BY 1")
            counts.update(dict(cursor.fetchall()))
        for word, pk in entries_of(apps.get_model("customers", "Industry"), counts).items():
            for table in TABLES:
                cursor.execute(f"UPDATE {table} SET industry_id = %s WHERE industry_text = %s", [pk, word])
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # the columns are changed in the same transaction


def backwards(apps, schema_editor):
    with schema_editor.connection.cursor() as cursor:
        for table in TABLES:
            cursor.execute(
                f"UPDATE {table} t SET industry_text = e.name_zh FROM customers_industry e WHERE e.id = t.industry_id"
            )
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


class Migration(migrations.Migration):
    dependencies = [("customers", "0037_words_go"), ("followups", "0028_guests_go_with_their_contact")]
    operations = [
        pgtrigger.migrations.RemoveTrigger(model_name="occasion", name="before_update_update"),
        pgtrigger.migrations.RemoveTrigger(model_name="occasion", name="before_delete_delete"),
        *(
            migrations.RenameField(model_name=model, old_name="industry", new_name="industry_text")
            for model in ("occasion", "occasionevent")
        ),
        migrations.AddField(
            model_name="occasion",
            name="industry",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="customers.industry",
                verbose_name="industry",
            ),
        ),
        migrations.AddField(
            model_name="occasionevent",
            name="industry",
            field=models.ForeignKey(
                blank=True,
                db_constraint=False,
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                related_query_name="+",
                to="customers.industry",
                verbose_name="industry",
            ),
        ),
        migrations.RunPython(forwards, backwards, elidable=True),
        *(
            migrations.RemoveField(model_name=model, name="industry_text")
            for model in ("occasion", "occasionevent")
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='occasion',
            trigger=pgtrigger.compiler.Trigger(name='before_update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."content" IS DISTINCT FROM (NEW."content") OR OLD."created_at" IS DISTINCT FROM (NEW."created_at") OR OLD."created_by_id" IS DISTINCT FROM (NEW."created_by_id") OR OLD."days_before" IS DISTINCT FROM (NEW."days_before") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."industry_id" IS DISTINCT FROM (NEW."industry_id") OR OLD."is_active" IS DISTINCT FROM (NEW."is_active") OR OLD."kind" IS DISTINCT FROM (NEW."kind") OR OLD."method" IS DISTINCT FROM (NEW."method") OR OLD."name" IS DISTINCT FROM (NEW."name") OR OLD."on" IS DISTINCT FROM (NEW."on") OR OLD."tiers" IS DISTINCT FROM (NEW."tiers") OR OLD."what" IS DISTINCT FROM (NEW."what"))', func='INSERT INTO "followups_occasionevent" ("content", "created_at", "created_by_id", "days_before", "id", "industry_id", "is_active", "kind", "method", "name", "on", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "tiers", "what") VALUES (OLD."content", OLD."created_at", OLD."created_by_id", OLD."days_before", OLD."id", OLD."industry_id", OLD."is_active", OLD."kind", OLD."method", OLD."name", OLD."on", _pgh_attach_context(), NOW(), \'before_update\', OLD."id", OLD."tiers", OLD."what"); RETURN NULL;', hash='d9c954e1c08122ad843c61c06b59dde4344ab062', operation='UPDATE', pgid='pgtrigger_before_update_update_57089', table='followups_occasion', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='occasion',
            trigger=pgtrigger.compiler.Trigger(name='before_delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "followups_occasionevent" ("content", "created_at", "created_by_id", "days_before", "id", "industry_id", "is_active", "kind", "method", "name", "on", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "tiers", "what") VALUES (OLD."content", OLD."created_at", OLD."created_by_id", OLD."days_before", OLD."id", OLD."industry_id", OLD."is_active", OLD."kind", OLD."method", OLD."name", OLD."on", _pgh_attach_context(), NOW(), \'before_delete\', OLD."id", OLD."tiers", OLD."what"); RETURN NULL;', hash='eee6a44502ff522051a53f6c328bebf2ef91fac4', operation='DELETE', pgid='pgtrigger_before_delete_delete_f00bc', table='followups_occasion', when='AFTER')),
        ),
    ]
