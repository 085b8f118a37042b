"""Birthdays become text, as the lunar calendar has days that a date can't hold.

PostgreSQL writes the table anew under a lock, in one transaction: each birthday is kept as 1990-02-28 or nothing is
changed, and no row gets a new version or history.
"""

import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('customers', '0011_imported_customers'),
    ]

    operations = [
        migrations.RunSQL("SET LOCAL datestyle TO 'ISO'", migrations.RunSQL.noop),
        pgtrigger.migrations.RemoveTrigger(
            model_name='customer',
            name='before_update_update',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='customer',
            name='before_delete_delete',
        ),
        migrations.AddField(
            model_name='customer',
            name='birthday_leap_month',
            field=models.BooleanField(default=False, verbose_name='leap month'),
        ),
        migrations.AddField(
            model_name='customerevent',
            name='birthday_leap_month',
            field=models.BooleanField(default=False, verbose_name='leap month'),
        ),
        migrations.AlterField(
            model_name='customer',
            name='birthday',
            field=models.CharField(blank=True, max_length=10, null=True, verbose_name='birthday'),
        ),
        migrations.AlterField(
            model_name='customerevent',
            name='birthday',
            field=models.CharField(blank=True, max_length=10, null=True, verbose_name='birthday'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='customer',
            trigger=pgtrigger.compiler.Trigger(name='before_update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."address" IS DISTINCT FROM (NEW."address") OR OLD."birthday" IS DISTINCT FROM (NEW."birthday") OR OLD."birthday_is_lunar" IS DISTINCT FROM (NEW."birthday_is_lunar") OR OLD."birthday_leap_month" IS DISTINCT FROM (NEW."birthday_leap_month") OR OLD."business_scope" IS DISTINCT FROM (NEW."business_scope") OR OLD."channel_id" IS DISTINCT FROM (NEW."channel_id") OR OLD."company_size" IS DISTINCT FROM (NEW."company_size") OR OLD."created_at" IS DISTINCT FROM (NEW."created_at") OR OLD."created_by_id" IS DISTINCT FROM (NEW."created_by_id") OR OLD."credit_code" IS DISTINCT FROM (NEW."credit_code") OR OLD."deleted_at" IS DISTINCT FROM (NEW."deleted_at") OR OLD."deleted_by_id" IS DISTINCT FROM (NEW."deleted_by_id") OR OLD."do_not_contact" IS DISTINCT FROM (NEW."do_not_contact") OR OLD."email" IS DISTINCT FROM (NEW."email") OR OLD."founded_on" IS DISTINCT FROM (NEW."founded_on") OR OLD."gender" IS DISTINCT FROM (NEW."gender") OR OLD."growth" IS DISTINCT FROM (NEW."growth") OR OLD."hobbies" IS DISTINCT FROM (NEW."hobbies") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."industry" IS DISTINCT FROM (NEW."industry") OR OLD."kind" IS DISTINCT FROM (NEW."kind") OR OLD."market_position" IS DISTINCT FROM (NEW."market_position") OR OLD."name" IS DISTINCT FROM (NEW."name") OR OLD."name_sort" IS DISTINCT FROM (NEW."name_sort") OR OLD."notes" IS DISTINCT FROM (NEW."notes") OR OLD."number" IS DISTINCT FROM (NEW."number") OR OLD."occupation" IS DISTINCT FROM (NEW."occupation") OR OLD."owner_id" IS DISTINCT FROM (NEW."owner_id") OR OLD."phone" IS DISTINCT FROM (NEW."phone") OR OLD."phone2" IS DISTINCT FROM (NEW."phone2") OR OLD."referred_by_id" IS DISTINCT FROM (NEW."referred_by_id") OR OLD."region" IS DISTINCT FROM (NEW."region") OR OLD."service_owner_id" IS DISTINCT FROM (NEW."service_owner_id") OR OLD."source" IS DISTINCT FROM (NEW."source") OR OLD."stage" IS DISTINCT FROM (NEW."stage") OR OLD."stage_since" IS DISTINCT FROM (NEW."stage_since") OR OLD."team_id" IS DISTINCT FROM (NEW."team_id") OR OLD."wechat" IS DISTINCT FROM (NEW."wechat"))', func='INSERT INTO "customers_customerevent" ("address", "birthday", "birthday_is_lunar", "birthday_leap_month", "business_scope", "channel_id", "company_size", "created_at", "created_by_id", "credit_code", "deleted_at", "deleted_by_id", "do_not_contact", "email", "founded_on", "gender", "growth", "hobbies", "id", "industry", "kind", "market_position", "name", "name_sort", "notes", "number", "occupation", "owner_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "phone", "phone2", "referred_by_id", "region", "service_owner_id", "source", "stage", "stage_since", "team_id", "wechat") VALUES (OLD."address", OLD."birthday", OLD."birthday_is_lunar", OLD."birthday_leap_month", OLD."business_scope", OLD."channel_id", OLD."company_size", OLD."created_at", OLD."created_by_id", OLD."credit_code", OLD."deleted_at", OLD."deleted_by_id", OLD."do_not_contact", OLD."email", OLD."founded_on", OLD."gender", OLD."growth", OLD."hobbies", OLD."id", OLD."industry", OLD."kind", OLD."market_position", OLD."name", OLD."name_sort", OLD."notes", OLD."number", OLD."occupation", OLD."owner_id", _pgh_attach_context(), NOW(), \'before_update\', OLD."id", OLD."phone", OLD."phone2", OLD."referred_by_id", OLD."region", OLD."service_owner_id", OLD."source", OLD."stage", OLD."stage_since", OLD."team_id", OLD."wechat"); RETURN NULL;', hash='717bc62cfd1436218ea9b2ab2a1c2bc62f908f8a', operation='UPDATE', pgid='pgtrigger_before_update_update_50881', table='customers_customer', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='customer',
            trigger=pgtrigger.compiler.Trigger(name='before_delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "customers_customerevent" ("address", "birthday", "birthday_is_lunar", "birthday_leap_month", "business_scope", "channel_id", "company_size", "created_at", "created_by_id", "credit_code", "deleted_at", "deleted_by_id", "do_not_contact", "email", "founded_on", "gender", "growth", "hobbies", "id", "industry", "kind", "market_position", "name", "name_sort", "notes", "number", "occupation", "owner_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "phone", "phone2", "referred_by_id", "region", "service_owner_id", "source", "stage", "stage_since", "team_id", "wechat") VALUES (OLD."address", OLD."birthday", OLD."birthday_is_lunar", OLD."birthday_leap_month", OLD."business_scope", OLD."channel_id", OLD."company_size", OLD."created_at", OLD."created_by_id", OLD."credit_code", OLD."deleted_at", OLD."deleted_by_id", OLD."do_not_contact", OLD."email", OLD."founded_on", OLD."gender", OLD."growth", OLD."hobbies", OLD."id", OLD."industry", OLD."kind", OLD."market_position", OLD."name", OLD."name_sort", OLD."notes", OLD."number", OLD."occupation", OLD."owner_id", _pgh_attach_context(), NOW(), \'before_delete\', OLD."id", OLD."phone", OLD."phone2", OLD."referred_by_id", OLD."region", OLD."service_owner_id", OLD."source", OLD."stage", OLD."stage_since", OLD."team_id", OLD."wechat"); RETURN NULL;', hash='dd05f25e1c225ba9e9895cd94f39a52001208584', operation='DELETE', pgid='pgtrigger_before_delete_delete_b1520', table='customers_customer', when='AFTER')),
        ),
    ]
