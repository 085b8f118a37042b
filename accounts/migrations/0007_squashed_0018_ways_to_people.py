"""What 0007 to 0018 make, in one step for a new company (docs/adr/0034-migrations-in-one.md)."""

import django.contrib.postgres.fields
import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    replaces = [
        ('accounts', '0007_shares_stand_with_customers'),
        ('accounts', '0008_defaults_are_given_once'),
        ('accounts', '0009_what_roles_did_by_their_names'),
        ('accounts', '0010_the_code_of_the_owners_role_is_free'),
        ('accounts', '0011_exported_rows'),
        ('accounts', '0012_invitations'),
        ('accounts', '0013_rights_without_function'),
        ('accounts', '0014_notices_by_mail'),
        ('accounts', '0015_people_sorted_as_spoken'),
        ('accounts', '0016_visits_need_note'),
        ('accounts', '0017_notices_muted'),
        ('accounts', '0018_ways_to_people'),
    ]

    dependencies = [
        ('accounts', '0006_tokens_have_names'),
    ]

    operations = [
        pgtrigger.migrations.RemoveTrigger(
            model_name='user',
            name='before_update_update',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='user',
            name='before_delete_delete',
        ),
        migrations.CreateModel(
            name='ExportedRows',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('model', models.CharField(max_length=60)),
                ('ids', django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), size=None)),
                ('at', models.DateTimeField(auto_now_add=True)),
            ],
        ),
        migrations.CreateModel(
            name='GivenDefault',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('permission', models.CharField(max_length=60)),
            ],
        ),
        migrations.CreateModel(
            name='Invitation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('nonce', models.UUIDField()),
                ('digest', models.CharField(max_length=64, unique=True)),
                ('expires_at', models.DateTimeField()),
            ],
        ),
        migrations.RemoveField(
            model_name='customershare',
            name='user',
        ),
        migrations.RemoveField(
            model_name='user',
            name='mail_reminders',
        ),
        migrations.RemoveField(
            model_name='userevent',
            name='mail_reminders',
        ),
        migrations.AddField(
            model_name='team',
            name='group',
            field=models.CharField(blank=True, db_default='', default='', max_length=40, verbose_name='group chat'),
        ),
        migrations.AddField(
            model_name='team',
            name='lead',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='leads', to=settings.AUTH_USER_MODEL, verbose_name='lead'),
        ),
        migrations.AddField(
            model_name='team',
            name='visits_need_note',
            field=models.BooleanField(default=False, verbose_name='visits need a note'),
        ),
        migrations.AddField(
            model_name='user',
            name='digest',
            field=models.BooleanField(db_default=False, default=False, verbose_name='one message in the morning'),
        ),
        migrations.AddField(
            model_name='user',
            name='dingtalk_id',
            field=models.CharField(blank=True, db_default='', default='', max_length=64, verbose_name='DingTalk account'),
        ),
        migrations.AddField(
            model_name='user',
            name='name_sort',
            field=models.CharField(db_collation='C', default='', editable=False, max_length=200),
        ),
        migrations.AddField(
            model_name='user',
            name='notice_mails',
            field=models.JSONField(default=dict, verbose_name='notices by e-mail too'),
        ),
        migrations.AddField(
            model_name='user',
            name='notice_ways',
            field=models.JSONField(db_default=models.Value({}, models.JSONField()), default=dict, verbose_name='notices by other ways too'),
        ),
        migrations.AddField(
            model_name='user',
            name='notices_muted',
            field=models.JSONField(default=list, verbose_name='notices switched off'),
        ),
        migrations.AddField(
            model_name='user',
            name='quiet',
            field=models.CharField(choices=[('company', 'as the company'), ('own', 'my own'), ('none', 'none')], db_default='company', default='company', max_length=7, verbose_name='quiet hours'),
        ),
        migrations.AddField(
            model_name='user',
            name='quiet_from',
            field=models.TimeField(blank=True, null=True, verbose_name='quiet from'),
        ),
        migrations.AddField(
            model_name='user',
            name='quiet_until',
            field=models.TimeField(blank=True, null=True, verbose_name='quiet until'),
        ),
        migrations.AddField(
            model_name='user',
            name='wecom_id',
            field=models.CharField(blank=True, db_default='', default='', max_length=64, verbose_name='WeCom account'),
        ),
        migrations.AddField(
            model_name='userevent',
            name='digest',
            field=models.BooleanField(db_default=False, default=False, verbose_name='one message in the morning'),
        ),
        migrations.AddField(
            model_name='userevent',
            name='dingtalk_id',
            field=models.CharField(blank=True, db_default='', default='', max_length=64, verbose_name='DingTalk account'),
        ),
        migrations.AddField(
            model_name='userevent',
            name='notice_mails',
            field=models.JSONField(default=dict, verbose_name='notices by e-mail too'),
        ),
        migrations.AddField(
            model_name='userevent',
            name='notice_ways',
            field=models.JSONField(db_default=models.Value({}, models.JSONField()), default=dict, verbose_name='notices by other ways too'),
        ),
        migrations.AddField(
            model_name='userevent',
            name='notices_muted',
            field=models.JSONField(default=list, verbose_name='notices switched off'),
        ),
        migrations.AddField(
            model_name='userevent',
            name='quiet',
            field=models.CharField(choices=[('company', 'as the company'), ('own', 'my own'), ('none', 'none')], db_default='company', default='company', max_length=7, verbose_name='quiet hours'),
        ),
        migrations.AddField(
            model_name='userevent',
            name='quiet_from',
            field=models.TimeField(blank=True, null=True, verbose_name='quiet from'),
        ),
        migrations.AddField(
            model_name='userevent',
            name='quiet_until',
            field=models.TimeField(blank=True, null=True, verbose_name='quiet until'),
        ),
        migrations.AddField(
            model_name='userevent',
            name='wecom_id',
            field=models.CharField(blank=True, db_default='', default='', max_length=64, verbose_name='WeCom account'),
        ),
        migrations.AddConstraint(
            model_name='user',
            constraint=models.UniqueConstraint(condition=models.Q(('wecom_id', ''), _negated=True), fields=('wecom_id',), name='wecom_account_once'),
        ),
        migrations.AddConstraint(
            model_name='user',
            constraint=models.UniqueConstraint(condition=models.Q(('dingtalk_id', ''), _negated=True), fields=('dingtalk_id',), name='dingtalk_account_once'),
        ),
        migrations.AddConstraint(
            model_name='user',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('quiet', 'own'), _negated=True), models.Q(('quiet_from__isnull', False), ('quiet_until__isnull', False)), _connector='OR'), name='own_quiet_hours_begin_and_end'),
        ),
        migrations.AddField(
            model_name='exportedrows',
            name='entry',
            field=models.OneToOneField(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='exported', to='accounts.auditentry'),
        ),
        migrations.AddField(
            model_name='givendefault',
            name='role',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='given_defaults', to='accounts.role'),
        ),
        migrations.AddField(
            model_name='invitation',
            name='user',
            field=models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='invitation', to=settings.AUTH_USER_MODEL),
        ),
        migrations.DeleteModel(
            name='CustomerShare',
        ),
        migrations.AddIndex(
            model_name='exportedrows',
            index=models.Index(fields=['model', 'at'], name='exported_by_model'),
        ),
        migrations.AddConstraint(
            model_name='givendefault',
            constraint=models.UniqueConstraint(fields=('role', 'permission'), name='default_given_once'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='user',
            trigger=pgtrigger.compiler.Trigger(name='before_update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."created_at" IS DISTINCT FROM (NEW."created_at") OR OLD."digest" IS DISTINCT FROM (NEW."digest") OR OLD."dingtalk_id" IS DISTINCT FROM (NEW."dingtalk_id") OR OLD."email" IS DISTINCT FROM (NEW."email") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."is_active" IS DISTINCT FROM (NEW."is_active") OR OLD."is_superuser" IS DISTINCT FROM (NEW."is_superuser") OR OLD."language" IS DISTINCT FROM (NEW."language") OR OLD."mobile" IS DISTINCT FROM (NEW."mobile") OR OLD."must_change_password" IS DISTINCT FROM (NEW."must_change_password") OR OLD."name" IS DISTINCT FROM (NEW."name") OR OLD."notice_mails" IS DISTINCT FROM (NEW."notice_mails") OR OLD."notice_ways" IS DISTINCT FROM (NEW."notice_ways") OR OLD."notices_muted" IS DISTINCT FROM (NEW."notices_muted") OR OLD."quiet" IS DISTINCT FROM (NEW."quiet") OR OLD."quiet_from" IS DISTINCT FROM (NEW."quiet_from") OR OLD."quiet_until" IS DISTINCT FROM (NEW."quiet_until") OR OLD."role_id" IS DISTINCT FROM (NEW."role_id") OR OLD."session_epoch" IS DISTINCT FROM (NEW."session_epoch") OR OLD."single_keys" IS DISTINCT FROM (NEW."single_keys") OR OLD."team_id" IS DISTINCT FROM (NEW."team_id") OR OLD."theme" IS DISTINCT FROM (NEW."theme") OR OLD."time_zone" IS DISTINCT FROM (NEW."time_zone") OR OLD."wecom_id" IS DISTINCT FROM (NEW."wecom_id"))', func='INSERT INTO "accounts_userevent" ("created_at", "digest", "dingtalk_id", "email", "id", "is_active", "is_superuser", "language", "mobile", "must_change_password", "name", "notice_mails", "notice_ways", "notices_muted", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "quiet", "quiet_from", "quiet_until", "role_id", "session_epoch", "single_keys", "team_id", "theme", "time_zone", "wecom_id") VALUES (OLD."created_at", OLD."digest", OLD."dingtalk_id", OLD."email", OLD."id", OLD."is_active", OLD."is_superuser", OLD."language", OLD."mobile", OLD."must_change_password", OLD."name", OLD."notice_mails", OLD."notice_ways", OLD."notices_muted", _pgh_attach_context(), NOW(), \'before_update\', OLD."id", OLD."quiet", OLD."quiet_from", OLD."quiet_until", OLD."role_id", OLD."session_epoch", OLD."single_keys", OLD."team_id", OLD."theme", OLD."time_zone", OLD."wecom_id"); RETURN NULL;', hash='90871dbca4694bf0dd798612a5e1e1771b8168da', operation='UPDATE', pgid='pgtrigger_before_update_update_07a59', table='accounts_user', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='user',
            trigger=pgtrigger.compiler.Trigger(name='before_delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "accounts_userevent" ("created_at", "digest", "dingtalk_id", "email", "id", "is_active", "is_superuser", "language", "mobile", "must_change_password", "name", "notice_mails", "notice_ways", "notices_muted", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "quiet", "quiet_from", "quiet_until", "role_id", "session_epoch", "single_keys", "team_id", "theme", "time_zone", "wecom_id") VALUES (OLD."created_at", OLD."digest", OLD."dingtalk_id", OLD."email", OLD."id", OLD."is_active", OLD."is_superuser", OLD."language", OLD."mobile", OLD."must_change_password", OLD."name", OLD."notice_mails", OLD."notice_ways", OLD."notices_muted", _pgh_attach_context(), NOW(), \'before_delete\', OLD."id", OLD."quiet", OLD."quiet_from", OLD."quiet_until", OLD."role_id", OLD."session_epoch", OLD."single_keys", OLD."team_id", OLD."theme", OLD."time_zone", OLD."wecom_id"); RETURN NULL;', hash='8262e0a3e2c42fbf931a31064a3769a570127a63', operation='DELETE', pgid='pgtrigger_before_delete_delete_30fbf', table='accounts_user', when='AFTER')),
        ),
    ]
