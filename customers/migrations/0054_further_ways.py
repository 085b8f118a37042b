"""Phone numbers and e-mail addresses beyond the second: lists at customers and contacts, empty without a write."""

import django.contrib.postgres.fields
import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('customers', '0053_relations'),
    ]

    operations = [
        pgtrigger.migrations.RemoveTrigger(
            model_name='contact',
            name='before_update_update',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='contact',
            name='before_delete_delete',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='customer',
            name='before_update_update',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='customer',
            name='before_delete_delete',
        ),
        migrations.AddField(
            model_name='contact',
            name='further_emails',
            field=django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=254), blank=True, db_default=[], default=list, size=None, verbose_name='further e-mails'),
        ),
        migrations.AddField(
            model_name='contact',
            name='further_phones',
            field=django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=40), blank=True, db_default=[], default=list, size=None, verbose_name='further phones'),
        ),
        migrations.AddField(
            model_name='contactevent',
            name='further_emails',
            field=django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=254), blank=True, db_default=[], default=list, size=None, verbose_name='further e-mails'),
        ),
        migrations.AddField(
            model_name='contactevent',
            name='further_phones',
            field=django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=40), blank=True, db_default=[], default=list, size=None, verbose_name='further phones'),
        ),
        migrations.AddField(
            model_name='customer',
            name='further_emails',
            field=django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=254), blank=True, db_default=[], default=list, size=None, verbose_name='further e-mails'),
        ),
        migrations.AddField(
            model_name='customer',
            name='further_phones',
            field=django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=40), blank=True, db_default=[], default=list, size=None, verbose_name='further phones'),
        ),
        migrations.AddField(
            model_name='customerevent',
            name='further_emails',
            field=django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=254), blank=True, db_default=[], default=list, size=None, verbose_name='further e-mails'),
        ),
        migrations.AddField(
            model_name='customerevent',
            name='further_phones',
            field=django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=40), blank=True, db_default=[], default=list, size=None, verbose_name='further phones'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='contact',
            trigger=pgtrigger.compiler.Trigger(name='before_update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."authority" IS DISTINCT FROM (NEW."authority") OR OLD."concern_note" IS DISTINCT FROM (NEW."concern_note") OR OLD."concerns" IS DISTINCT FROM (NEW."concerns") OR OLD."created_at" IS DISTINCT FROM (NEW."created_at") OR OLD."created_by_id" IS DISTINCT FROM (NEW."created_by_id") OR OLD."customer_id" IS DISTINCT FROM (NEW."customer_id") OR OLD."deleted_at" IS DISTINCT FROM (NEW."deleted_at") OR OLD."deleted_by_id" IS DISTINCT FROM (NEW."deleted_by_id") OR OLD."email" IS DISTINCT FROM (NEW."email") OR OLD."further_emails" IS DISTINCT FROM (NEW."further_emails") OR OLD."further_phones" IS DISTINCT FROM (NEW."further_phones") OR OLD."further_roles" IS DISTINCT FROM (NEW."further_roles") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."is_primary" IS DISTINCT FROM (NEW."is_primary") OR OLD."name" IS DISTINCT FROM (NEW."name") OR OLD."notes" IS DISTINCT FROM (NEW."notes") OR OLD."phone" IS DISTINCT FROM (NEW."phone") OR OLD."position" IS DISTINCT FROM (NEW."position") OR OLD."rank" IS DISTINCT FROM (NEW."rank") OR OLD."reports_to_id" IS DISTINCT FROM (NEW."reports_to_id") OR OLD."stance" IS DISTINCT FROM (NEW."stance") OR OLD."wechat" IS DISTINCT FROM (NEW."wechat"))', func='INSERT INTO "customers_contactevent" ("authority", "concern_note", "concerns", "created_at", "created_by_id", "customer_id", "deleted_at", "deleted_by_id", "email", "further_emails", "further_phones", "further_roles", "id", "is_primary", "name", "notes", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "phone", "position", "rank", "reports_to_id", "stance", "wechat") VALUES (OLD."authority", OLD."concern_note", OLD."concerns", OLD."created_at", OLD."created_by_id", OLD."customer_id", OLD."deleted_at", OLD."deleted_by_id", OLD."email", OLD."further_emails", OLD."further_phones", OLD."further_roles", OLD."id", OLD."is_primary", OLD."name", OLD."notes", _pgh_attach_context(), NOW(), \'before_update\', OLD."id", OLD."phone", OLD."position", OLD."rank", OLD."reports_to_id", OLD."stance", OLD."wechat"); RETURN NULL;', hash='d4d79e1e54ce7403a0644eae8128d9a93ff2e3c7', operation='UPDATE', pgid='pgtrigger_before_update_update_be1bb', table='customers_contact', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='contact',
            trigger=pgtrigger.compiler.Trigger(name='before_delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "customers_contactevent" ("authority", "concern_note", "concerns", "created_at", "created_by_id", "customer_id", "deleted_at", "deleted_by_id", "email", "further_emails", "further_phones", "further_roles", "id", "is_primary", "name", "notes", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "phone", "position", "rank", "reports_to_id", "stance", "wechat") VALUES (OLD."authority", OLD."concern_note", OLD."concerns", OLD."created_at", OLD."created_by_id", OLD."customer_id", OLD."deleted_at", OLD."deleted_by_id", OLD."email", OLD."further_emails", OLD."further_phones", OLD."further_roles", OLD."id", OLD."is_primary", OLD."name", OLD."notes", _pgh_attach_context(), NOW(), \'before_delete\', OLD."id", OLD."phone", OLD."position", OLD."rank", OLD."reports_to_id", OLD."stance", OLD."wechat"); RETURN NULL;', hash='912d099627b80bee560e2dc40120a511cfef8220', operation='DELETE', pgid='pgtrigger_before_delete_delete_4f0b8', table='customers_contact', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='customer',
            trigger=pgtrigger.compiler.Trigger(name='before_update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."address" IS DISTINCT FROM (NEW."address") OR OLD."birthday" IS DISTINCT FROM (NEW."birthday") OR OLD."birthday_is_lunar" IS DISTINCT FROM (NEW."birthday_is_lunar") OR OLD."birthday_leap_month" IS DISTINCT FROM (NEW."birthday_leap_month") OR OLD."business_scope" IS DISTINCT FROM (NEW."business_scope") OR OLD."channel_id" IS DISTINCT FROM (NEW."channel_id") OR OLD."communication_style" IS DISTINCT FROM (NEW."communication_style") OR OLD."company_size_id" IS DISTINCT FROM (NEW."company_size_id") OR OLD."created_at" IS DISTINCT FROM (NEW."created_at") OR OLD."created_by_id" IS DISTINCT FROM (NEW."created_by_id") OR OLD."credit_code" IS DISTINCT FROM (NEW."credit_code") OR OLD."decision_style_id" IS DISTINCT FROM (NEW."decision_style_id") OR OLD."deleted_at" IS DISTINCT FROM (NEW."deleted_at") OR OLD."deleted_by_id" IS DISTINCT FROM (NEW."deleted_by_id") OR OLD."do_not_contact" IS DISTINCT FROM (NEW."do_not_contact") OR OLD."email" IS DISTINCT FROM (NEW."email") OR OLD."email2" IS DISTINCT FROM (NEW."email2") OR OLD."founded_on" IS DISTINCT FROM (NEW."founded_on") OR OLD."further_emails" IS DISTINCT FROM (NEW."further_emails") OR OLD."further_phones" IS DISTINCT FROM (NEW."further_phones") OR OLD."gender" IS DISTINCT FROM (NEW."gender") OR OLD."growth" IS DISTINCT FROM (NEW."growth") OR OLD."hobbies" IS DISTINCT FROM (NEW."hobbies") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."income_band_id" IS DISTINCT FROM (NEW."income_band_id") OR OLD."industry_id" IS DISTINCT FROM (NEW."industry_id") OR OLD."kind" IS DISTINCT FROM (NEW."kind") OR OLD."market_position" IS DISTINCT FROM (NEW."market_position") OR OLD."market_standing_id" IS DISTINCT FROM (NEW."market_standing_id") OR OLD."name" IS DISTINCT FROM (NEW."name") OR OLD."name_sort" IS DISTINCT FROM (NEW."name_sort") OR OLD."notes" IS DISTINCT FROM (NEW."notes") OR OLD."number" IS DISTINCT FROM (NEW."number") OR OLD."occupation" IS DISTINCT FROM (NEW."occupation") OR OLD."own" IS DISTINCT FROM (NEW."own") OR OLD."owner_id" IS DISTINCT FROM (NEW."owner_id") OR OLD."pause_reason" IS DISTINCT FROM (NEW."pause_reason") OR OLD."paused_until" IS DISTINCT FROM (NEW."paused_until") OR OLD."personality" IS DISTINCT FROM (NEW."personality") OR OLD."phone" IS DISTINCT FROM (NEW."phone") OR OLD."phone2" IS DISTINCT FROM (NEW."phone2") OR OLD."price_sensitivity" IS DISTINCT FROM (NEW."price_sensitivity") OR OLD."reasons" IS DISTINCT FROM (NEW."reasons") OR OLD."referred_by_id" IS DISTINCT FROM (NEW."referred_by_id") OR OLD."region" IS DISTINCT FROM (NEW."region") OR OLD."service_owner_id" IS DISTINCT FROM (NEW."service_owner_id") OR OLD."source" IS DISTINCT FROM (NEW."source") OR OLD."spending_habits" IS DISTINCT FROM (NEW."spending_habits") OR OLD."stage" IS DISTINCT FROM (NEW."stage") OR OLD."stage_since" IS DISTINCT FROM (NEW."stage_since") OR OLD."team_id" IS DISTINCT FROM (NEW."team_id") OR OLD."wechat" IS DISTINCT FROM (NEW."wechat"))', func='INSERT INTO "customers_customerevent" ("address", "birthday", "birthday_is_lunar", "birthday_leap_month", "business_scope", "channel_id", "communication_style", "company_size_id", "created_at", "created_by_id", "credit_code", "decision_style_id", "deleted_at", "deleted_by_id", "do_not_contact", "email", "email2", "founded_on", "further_emails", "further_phones", "gender", "growth", "hobbies", "id", "income_band_id", "industry_id", "kind", "market_position", "market_standing_id", "name", "name_sort", "notes", "number", "occupation", "own", "owner_id", "pause_reason", "paused_until", "personality", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "phone", "phone2", "price_sensitivity", "reasons", "referred_by_id", "region", "service_owner_id", "source", "spending_habits", "stage", "stage_since", "team_id", "wechat") VALUES (OLD."address", OLD."birthday", OLD."birthday_is_lunar", OLD."birthday_leap_month", OLD."business_scope", OLD."channel_id", OLD."communication_style", OLD."company_size_id", OLD."created_at", OLD."created_by_id", OLD."credit_code", OLD."decision_style_id", OLD."deleted_at", OLD."deleted_by_id", OLD."do_not_contact", OLD."email", OLD."email2", OLD."founded_on", OLD."further_emails", OLD."further_phones", OLD."gender", OLD."growth", OLD."hobbies", OLD."id", OLD."income_band_id", OLD."industry_id", OLD."kind", OLD."market_position", OLD."market_standing_id", OLD."name", OLD."name_sort", OLD."notes", OLD."number", OLD."occupation", OLD."own", OLD."owner_id", OLD."pause_reason", OLD."paused_until", OLD."personality", _pgh_attach_context(), NOW(), \'before_update\', OLD."id", OLD."phone", OLD."phone2", OLD."price_sensitivity", OLD."reasons", OLD."referred_by_id", OLD."region", OLD."service_owner_id", OLD."source", OLD."spending_habits", OLD."stage", OLD."stage_since", OLD."team_id", OLD."wechat"); RETURN NULL;', hash='e3c0425f54c03b5f039e9e380e1c76654b8af830', operation='UPDATE', pgid='pgtrigger_before_update_update_50881', table='customers_customer', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='customer',
            trigger=pgtrigger.compiler.Trigger(name='before_delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "customers_customerevent" ("address", "birthday", "birthday_is_lunar", "birthday_leap_month", "business_scope", "channel_id", "communication_style", "company_size_id", "created_at", "created_by_id", "credit_code", "decision_style_id", "deleted_at", "deleted_by_id", "do_not_contact", "email", "email2", "founded_on", "further_emails", "further_phones", "gender", "growth", "hobbies", "id", "income_band_id", "industry_id", "kind", "market_position", "market_standing_id", "name", "name_sort", "notes", "number", "occupation", "own", "owner_id", "pause_reason", "paused_until", "personality", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "phone", "phone2", "price_sensitivity", "reasons", "referred_by_id", "region", "service_owner_id", "source", "spending_habits", "stage", "stage_since", "team_id", "wechat") VALUES (OLD."address", OLD."birthday", OLD."birthday_is_lunar", OLD."birthday_leap_month", OLD."business_scope", OLD."channel_id", OLD."communication_style", OLD."company_size_id", OLD."created_at", OLD."created_by_id", OLD."credit_code", OLD."decision_style_id", OLD."deleted_at", OLD."deleted_by_id", OLD."do_not_contact", OLD."email", OLD."email2", OLD."founded_on", OLD."further_emails", OLD."further_phones", OLD."gender", OLD."growth", OLD."hobbies", OLD."id", OLD."income_band_id", OLD."industry_id", OLD."kind", OLD."market_position", OLD."market_standing_id", OLD."name", OLD."name_sort", OLD."notes", OLD."number", OLD."occupation", OLD."own", OLD."owner_id", OLD."pause_reason", OLD."paused_until", OLD."personality", _pgh_attach_context(), NOW(), \'before_delete\', OLD."id", OLD."phone", OLD."phone2", OLD."price_sensitivity", OLD."reasons", OLD."referred_by_id", OLD."region", OLD."service_owner_id", OLD."source", OLD."spending_habits", OLD."stage", OLD."stage_since", OLD."team_id", OLD."wechat"); RETURN NULL;', hash='edec43a9258b1d16595672ebc5057d69abbfb564', operation='DELETE', pgid='pgtrigger_before_delete_delete_b1520', table='customers_customer', when='AFTER')),
        ),
    ]
