"""What 0015 to 0038 make, in one step for a new company (docs/adr/0034-migrations-in-one.md)."""

import django.core.validators
import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    replaces = [
        ('customers', '0015_channels_in_order'),
        ('customers', '0016_tags_retire'),
        ('customers', '0017_handed_over_together'),
        ('customers', '0018_required_fields'),
        ('customers', '0019_cadence'),
        ('customers', '0020_tries_are_no_contacts'),
        ('customers', '0021_stage_moves'),
        ('customers', '0022_log_details'),
        ('customers', '0023_comments'),
        ('customers', '0024_check_in_of_entries'),
        ('customers', '0025_attachments'),
        ('customers', '0026_followers'),
        ('customers', '0027_consents'),
        ('customers', '0028_paper_originals'),
        ('customers', '0029_consents_from_files'),
        ('customers', '0030_further_scores'),
        ('customers', '0031_qualification'),
        ('customers', '0032_scores_sorted'),
        ('customers', '0033_rated_order'),
        ('customers', '0034_facts_by_interaction'),
        ('customers', '0035_catalogues'),
        ('customers', '0036_words_become_entries'),
        ('customers', '0037_words_go'),
        ('customers', '0038_next_purchase'),
    ]

    dependencies = [
        ('core', '0011_files'),
        ('customers', '0014_import_jobs_move'),
        ('intake', '0002_undo_of_imports'),
    ]

    operations = [
        pgtrigger.migrations.RemoveTrigger(
            model_name='customer',
            name='before_update_update',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='customer',
            name='before_delete_delete',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='interaction',
            name='before_update_update',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='interaction',
            name='before_delete_delete',
        ),
        migrations.CreateModel(
            name='Attachment',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='created')),
                ('updated_at', models.DateTimeField(auto_now=True, verbose_name='last change')),
                ('version', models.PositiveIntegerField(default=1, editable=False)),
                ('deleted_at', models.DateTimeField(blank=True, editable=False, null=True)),
                ('on', models.CharField(max_length=12)),
                ('on_id', models.BigIntegerField()),
                ('what', models.CharField(choices=[('photo', 'photo'), ('proposal', 'proposal'), ('quote', 'quote'), ('contract', 'contract'), ('minutes', 'minutes'), ('other', 'other')], default='other', max_length=8, verbose_name='what it is')),
                ('seen', models.CharField(choices=[('all', 'everybody who sees the entry'), ('leads', 'owner of the customer and leads'), ('me', 'only me and administrators')], default='all', max_length=5, verbose_name='who may see it')),
            ],
        ),
        migrations.CreateModel(
            name='Comment',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('text', models.CharField(max_length=1000, verbose_name='comment')),
                ('at', models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name='CompanySize',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name_en', models.CharField(max_length=80, verbose_name='name (English)')),
                ('name_zh', models.CharField(max_length=80, verbose_name='name (Chinese)')),
                ('code', models.SlugField(max_length=40, unique=True)),
                ('is_active', models.BooleanField(default=True)),
                ('position', models.PositiveIntegerField(default=1000)),
                ('points', models.PositiveSmallIntegerField(blank=True, null=True, validators=[django.core.validators.MaxValueValidator(15)], verbose_name='points')),
                ('least', models.PositiveIntegerField(blank=True, null=True, verbose_name='from so many employees')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='Consent',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('channel', models.CharField(blank=True, choices=[('email', 'e-mail'), ('sms', 'SMS'), ('wechat', 'WeChat')], default='', max_length=8, verbose_name='channel')),
                ('topic', models.CharField(blank=True, choices=[('service', 'service: orders, questions, appointments'), ('marketing', 'offers and news')], default='', max_length=10, verbose_name='topic')),
                ('allowed', models.BooleanField(verbose_name='agreed')),
                ('source', models.CharField(choices=[('spoken', 'said so'), ('written', 'in writing'), ('form', 'form or website'), ('link', 'the link in a message'), ('import', 'an imported file'), ('other', 'other')], default='spoken', max_length=8, verbose_name='how we know')),
                ('proof', models.CharField(blank=True, default='', max_length=300, verbose_name='proof')),
                ('at', models.DateTimeField(verbose_name='when')),
                ('undone_at', models.DateTimeField(editable=False, null=True)),
            ],
        ),
        migrations.CreateModel(
            name='Follower',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField(auto_now_add=True)),
            ],
        ),
        migrations.CreateModel(
            name='Industry',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name_en', models.CharField(max_length=80, verbose_name='name (English)')),
                ('name_zh', models.CharField(max_length=80, verbose_name='name (Chinese)')),
                ('code', models.SlugField(max_length=40, unique=True)),
                ('is_active', models.BooleanField(default=True)),
                ('position', models.PositiveIntegerField(default=1000)),
                ('points', models.PositiveSmallIntegerField(blank=True, null=True, validators=[django.core.validators.MaxValueValidator(15)], verbose_name='points')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='MarketStanding',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name_en', models.CharField(max_length=80, verbose_name='name (English)')),
                ('name_zh', models.CharField(max_length=80, verbose_name='name (Chinese)')),
                ('code', models.SlugField(max_length=40, unique=True)),
                ('is_active', models.BooleanField(default=True)),
                ('position', models.PositiveIntegerField(default=1000)),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='Mention',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
            ],
        ),
        migrations.CreateModel(
            name='OriginalMove',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField(auto_now_add=True)),
                ('place', models.CharField(max_length=120)),
                ('since', models.DateField()),
                ('handed_to', models.CharField(blank=True, max_length=120)),
            ],
        ),
        migrations.CreateModel(
            name='PaperOriginal',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='created')),
                ('updated_at', models.DateTimeField(auto_now=True, verbose_name='last change')),
                ('version', models.PositiveIntegerField(default=1, editable=False)),
                ('deleted_at', models.DateTimeField(blank=True, editable=False, null=True)),
                ('title', models.CharField(max_length=120, verbose_name='paper')),
                ('place', models.CharField(max_length=120, verbose_name='where it lies')),
                ('since', models.DateField(verbose_name='since')),
                ('handed_to', models.CharField(blank=True, max_length=120, verbose_name='handed to')),
                ('note', models.CharField(blank=True, max_length=300, verbose_name='note')),
            ],
        ),
        migrations.CreateModel(
            name='RequiredFields',
            fields=[
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='created')),
                ('updated_at', models.DateTimeField(auto_now=True, verbose_name='last change')),
                ('version', models.PositiveIntegerField(default=1, editable=False)),
                ('kind', models.CharField(choices=[('person', 'person'), ('company', 'company'), ('unknown', 'unknown kind')], max_length=8, primary_key=True, serialize=False, verbose_name='kind')),
                ('reach', models.CharField(choices=[('no', 'not asked for'), ('wanted', 'wanted'), ('new', 'required when new'), ('always', 'required everywhere')], default='no', max_length=6, verbose_name='phone, e-mail or WeChat')),
                ('contact', models.CharField(choices=[('no', 'not asked for'), ('wanted', 'wanted'), ('new', 'required when new'), ('always', 'required everywhere')], default='no', max_length=6, verbose_name='contact person')),
                ('channel', models.CharField(choices=[('no', 'not asked for'), ('wanted', 'wanted'), ('new', 'required when new'), ('always', 'required everywhere')], default='no', max_length=6, verbose_name='source channel')),
                ('phone', models.CharField(choices=[('no', 'not asked for'), ('wanted', 'wanted'), ('new', 'required when new'), ('always', 'required everywhere')], default='no', max_length=6, verbose_name='phone')),
                ('email', models.CharField(choices=[('no', 'not asked for'), ('wanted', 'wanted'), ('new', 'required when new'), ('always', 'required everywhere')], default='no', max_length=6, verbose_name='e-mail')),
                ('wechat', models.CharField(choices=[('no', 'not asked for'), ('wanted', 'wanted'), ('new', 'required when new'), ('always', 'required everywhere')], default='no', max_length=6, verbose_name='WeChat')),
                ('region', models.CharField(choices=[('no', 'not asked for'), ('wanted', 'wanted'), ('new', 'required when new'), ('always', 'required everywhere')], default='no', max_length=6, verbose_name='region')),
                ('address', models.CharField(choices=[('no', 'not asked for'), ('wanted', 'wanted'), ('new', 'required when new'), ('always', 'required everywhere')], default='no', max_length=6, verbose_name='address')),
                ('industry', models.CharField(choices=[('no', 'not asked for'), ('wanted', 'wanted'), ('new', 'required when new'), ('always', 'required everywhere')], default='no', max_length=6, verbose_name='industry')),
                ('company_size', models.CharField(choices=[('no', 'not asked for'), ('wanted', 'wanted'), ('new', 'required when new'), ('always', 'required everywhere')], default='no', max_length=6, verbose_name='company size')),
                ('business_scope', models.CharField(choices=[('no', 'not asked for'), ('wanted', 'wanted'), ('new', 'required when new'), ('always', 'required everywhere')], default='no', max_length=6, verbose_name='business scope')),
                ('credit_code', models.CharField(choices=[('no', 'not asked for'), ('wanted', 'wanted'), ('new', 'required when new'), ('always', 'required everywhere')], default='no', max_length=6, verbose_name='credit code')),
                ('founded_on', models.CharField(choices=[('no', 'not asked for'), ('wanted', 'wanted'), ('new', 'required when new'), ('always', 'required everywhere')], default='no', max_length=6, verbose_name='founded on')),
                ('occupation', models.CharField(choices=[('no', 'not asked for'), ('wanted', 'wanted'), ('new', 'required when new'), ('always', 'required everywhere')], default='no', max_length=6, verbose_name='occupation')),
                ('hobbies', models.CharField(choices=[('no', 'not asked for'), ('wanted', 'wanted'), ('new', 'required when new'), ('always', 'required everywhere')], default='no', max_length=6, verbose_name='hobbies')),
                ('gender', models.CharField(choices=[('no', 'not asked for'), ('wanted', 'wanted'), ('new', 'required when new'), ('always', 'required everywhere')], default='no', max_length=6, verbose_name='sex')),
                ('birthday', models.CharField(choices=[('no', 'not asked for'), ('wanted', 'wanted'), ('new', 'required when new'), ('always', 'required everywhere')], default='no', max_length=6, verbose_name='birthday')),
                ('market_standing', models.CharField(choices=[('no', 'not asked for'), ('wanted', 'wanted'), ('new', 'required when new'), ('always', 'required everywhere')], default='no', max_length=6, verbose_name='market standing')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='StageMove',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField(auto_now_add=True)),
                ('from_stage', models.CharField(choices=[('first_contact', 'first contact'), ('needs', 'need confirmation'), ('proposal', 'proposal evaluation'), ('after_sale', 'after the deal'), ('long_term', 'long-term customer'), ('paused', 'paused')], max_length=14)),
                ('from_since', models.DateField(null=True)),
                ('from_until', models.DateField(null=True)),
                ('from_reason', models.CharField(blank=True, max_length=200)),
                ('to_stage', models.CharField(choices=[('first_contact', 'first contact'), ('needs', 'need confirmation'), ('proposal', 'proposal evaluation'), ('after_sale', 'after the deal'), ('long_term', 'long-term customer'), ('paused', 'paused')], max_length=14)),
                ('until', models.DateField(null=True)),
                ('reason', models.CharField(blank=True, max_length=200)),
            ],
        ),
        migrations.AddField(
            model_name='channel',
            name='merged_into',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='merged_from', to='customers.channel'),
        ),
        migrations.AddField(
            model_name='channel',
            name='position',
            field=models.PositiveIntegerField(default=1000),
        ),
        migrations.AddField(
            model_name='customer',
            name='pause_reason',
            field=models.CharField(blank=True, max_length=200, verbose_name='reason of the pause'),
        ),
        migrations.AddField(
            model_name='customer',
            name='paused_until',
            field=models.DateField(blank=True, null=True, verbose_name='paused until'),
        ),
        migrations.AddField(
            model_name='customerevent',
            name='pause_reason',
            field=models.CharField(blank=True, max_length=200, verbose_name='reason of the pause'),
        ),
        migrations.AddField(
            model_name='customerevent',
            name='paused_until',
            field=models.DateField(blank=True, null=True, verbose_name='paused until'),
        ),
        migrations.AddField(
            model_name='customerfacts',
            name='amount_class',
            field=models.CharField(blank=True, default='', max_length=5),
        ),
        migrations.AddField(
            model_name='customerfacts',
            name='frequency_class',
            field=models.CharField(blank=True, default='', max_length=4),
        ),
        migrations.AddField(
            model_name='customerfacts',
            name='health',
            field=models.PositiveSmallIntegerField(null=True),
        ),
        migrations.AddField(
            model_name='customerfacts',
            name='interaction_score',
            field=models.PositiveSmallIntegerField(null=True),
        ),
        migrations.AddField(
            model_name='customerfacts',
            name='last_attempt_at',
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name='customerfacts',
            name='last_nps',
            field=models.PositiveSmallIntegerField(null=True),
        ),
        migrations.AddField(
            model_name='customerfacts',
            name='last_result',
            field=models.CharField(blank=True, default='', max_length=14),
        ),
        migrations.AddField(
            model_name='customerfacts',
            name='loyalty',
            field=models.CharField(blank=True, choices=[('advocate', 'buys and recommends'), ('behavioural', 'buys loyally'), ('emotional', 'recommends'), ('none', 'none')], db_default='', default='', max_length=12),
        ),
        migrations.AddField(
            model_name='customerfacts',
            name='next_order_by',
            field=models.CharField(blank=True, db_default='', default='', max_length=4),
        ),
        migrations.AddField(
            model_name='customerfacts',
            name='next_order_on',
            field=models.DateField(null=True),
        ),
        migrations.AddField(
            model_name='customerfacts',
            name='potential',
            field=models.PositiveSmallIntegerField(null=True),
        ),
        migrations.AddField(
            model_name='customerfacts',
            name='qualification',
            field=models.PositiveSmallIntegerField(null=True),
        ),
        migrations.AddField(
            model_name='customerfacts',
            name='rated_order_on',
            field=models.DateField(null=True),
        ),
        migrations.AddField(
            model_name='customerfacts',
            name='revisits_from',
            field=models.DateField(null=True),
        ),
        migrations.AddField(
            model_name='customerfacts',
            name='satisfaction',
            field=models.CharField(blank=True, choices=[('satisfied', 'satisfied'), ('neutral', 'neutral'), ('dissatisfied', 'dissatisfied')], db_default='', default='', max_length=12),
        ),
        migrations.AddField(
            model_name='customerfacts',
            name='unanswered',
            field=models.PositiveSmallIntegerField(default=0),
        ),
        migrations.AddField(
            model_name='interaction',
            name='change_found',
            field=models.CharField(blank=True, default='', max_length=300, verbose_name='change at the customer'),
        ),
        migrations.AddField(
            model_name='interaction',
            name='check_in',
            field=models.CharField(blank=True, choices=[('verified', 'on site'), ('out_of_range', 'out of range'), ('no_location', 'not located')], db_default='', default='', editable=False, max_length=12, verbose_name='check-in'),
        ),
        migrations.AddField(
            model_name='interaction',
            name='corrected_at',
            field=models.DateTimeField(editable=False, null=True),
        ),
        migrations.AddField(
            model_name='interaction',
            name='objection',
            field=models.CharField(blank=True, default='', max_length=300, verbose_name='objection'),
        ),
        migrations.AddField(
            model_name='interactionevent',
            name='change_found',
            field=models.CharField(blank=True, default='', max_length=300, verbose_name='change at the customer'),
        ),
        migrations.AddField(
            model_name='interactionevent',
            name='check_in',
            field=models.CharField(blank=True, choices=[('verified', 'on site'), ('out_of_range', 'out of range'), ('no_location', 'not located')], db_default='', default='', editable=False, max_length=12, verbose_name='check-in'),
        ),
        migrations.AddField(
            model_name='interactionevent',
            name='corrected_at',
            field=models.DateTimeField(editable=False, null=True),
        ),
        migrations.AddField(
            model_name='interactionevent',
            name='objection',
            field=models.CharField(blank=True, default='', max_length=300, verbose_name='objection'),
        ),
        migrations.AddField(
            model_name='ownerchange',
            name='handover',
            field=models.UUIDField(editable=False, null=True),
        ),
        migrations.AddField(
            model_name='tag',
            name='is_active',
            field=models.BooleanField(default=True),
        ),
        migrations.AddField(
            model_name='tag',
            name='merged_into',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='merged_from', to='customers.tag'),
        ),
        migrations.AlterField(
            model_name='interaction',
            name='result',
            field=models.CharField(blank=True, choices=[('reached', 'reached'), ('no_answer', 'no answer'), ('interested', 'interested'), ('needs_time', 'needs time'), ('proposal_sent', 'proposal sent'), ('declined', 'declined'), ('done', 'done')], default='', max_length=14, verbose_name='result'),
        ),
        migrations.AlterField(
            model_name='interactionevent',
            name='result',
            field=models.CharField(blank=True, choices=[('reached', 'reached'), ('no_answer', 'no answer'), ('interested', 'interested'), ('needs_time', 'needs time'), ('proposal_sent', 'proposal sent'), ('declined', 'declined'), ('done', 'done')], default='', max_length=14, verbose_name='result'),
        ),
        migrations.AddIndex(
            model_name='customerfacts',
            index=models.Index(condition=models.Q(('last_order_on', None)), fields=['qualification', 'customer'], name='facts_of_prospects'),
        ),
        migrations.AddIndex(
            model_name='customerfacts',
            index=models.Index(fields=['health', 'customer'], name='facts_by_health'),
        ),
        migrations.AddIndex(
            model_name='customerfacts',
            index=models.Index(fields=['potential', 'customer'], name='facts_by_potential'),
        ),
        migrations.AddIndex(
            model_name='customerfacts',
            index=models.Index(fields=['interaction_score', 'customer'], name='facts_by_interaction'),
        ),
        migrations.AddIndex(
            model_name='customerfacts',
            index=models.Index(fields=['next_order_on', 'customer'], name='facts_by_next_order'),
        ),
        migrations.AddIndex(
            model_name='ownerchange',
            index=models.Index(condition=models.Q(('handover__isnull', False)), fields=['handover'], name='handed_over_together'),
        ),
        migrations.AddConstraint(
            model_name='interaction',
            constraint=models.CheckConstraint(condition=models.Q(('kind', 'note'), models.Q(('result', ''), _negated=True), _connector='OR'), name='only_notes_without_a_result'),
        ),
        migrations.AddField(
            model_name='attachment',
            name='created_by',
            field=models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='attachment',
            name='customer',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='attachments', to='customers.customer'),
        ),
        migrations.AddField(
            model_name='attachment',
            name='deleted_by',
            field=models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='attachment',
            name='file',
            field=models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='attachment', to='core.storedfile'),
        ),
        migrations.AddField(
            model_name='attachment',
            name='updated_by',
            field=models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='comment',
            name='interaction',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='comments', to='customers.interaction'),
        ),
        migrations.AddField(
            model_name='comment',
            name='user',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='companysize',
            name='merged_into',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='merged_from', to='customers.companysize'),
        ),
        migrations.AlterField(
            model_name='customer',
            name='company_size',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, to='customers.companysize', verbose_name='company size'),
        ),
        migrations.AlterField(
            model_name='customerevent',
            name='company_size',
            field=models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='customers.companysize', verbose_name='company size'),
        ),
        migrations.AddField(
            model_name='consent',
            name='contact',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='consents', to='customers.contact'),
        ),
        migrations.AddField(
            model_name='consent',
            name='customer',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='consents', to='customers.customer'),
        ),
        migrations.AddField(
            model_name='consent',
            name='user',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='follower',
            name='customer',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='followers', to='customers.customer'),
        ),
        migrations.AddField(
            model_name='follower',
            name='user',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='followed', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='industry',
            name='merged_into',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='merged_from', to='customers.industry'),
        ),
        migrations.AlterField(
            model_name='customer',
            name='industry',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, to='customers.industry', verbose_name='industry'),
        ),
        migrations.AlterField(
            model_name='customerevent',
            name='industry',
            field=models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='customers.industry', verbose_name='industry'),
        ),
        migrations.AddField(
            model_name='marketstanding',
            name='merged_into',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='merged_from', to='customers.marketstanding'),
        ),
        migrations.AddField(
            model_name='customer',
            name='market_standing',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, to='customers.marketstanding', verbose_name='market standing'),
        ),
        migrations.AddField(
            model_name='customerevent',
            name='market_standing',
            field=models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='customers.marketstanding', verbose_name='market standing'),
        ),
        migrations.AddField(
            model_name='mention',
            name='comment',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='mentions', to='customers.comment'),
        ),
        migrations.AddField(
            model_name='mention',
            name='interaction',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='mentions', to='customers.interaction'),
        ),
        migrations.AddField(
            model_name='mention',
            name='user',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='originalmove',
            name='by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='originalmove',
            name='holder',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='paperoriginal',
            name='created_by',
            field=models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='paperoriginal',
            name='customer',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='originals', to='customers.customer'),
        ),
        migrations.AddField(
            model_name='paperoriginal',
            name='deleted_by',
            field=models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='paperoriginal',
            name='holder',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='originals', to=settings.AUTH_USER_MODEL, verbose_name='who has it'),
        ),
        migrations.AddField(
            model_name='paperoriginal',
            name='updated_by',
            field=models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='originalmove',
            name='original',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='moves', to='customers.paperoriginal'),
        ),
        migrations.AddField(
            model_name='requiredfields',
            name='created_by',
            field=models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='requiredfields',
            name='updated_by',
            field=models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='stagemove',
            name='by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='stagemove',
            name='customer',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='stage_moves', to='customers.customer'),
        ),
        migrations.AddField(
            model_name='stagemove',
            name='interaction',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='stage_moves', to='customers.interaction'),
        ),
        migrations.AddIndex(
            model_name='attachment',
            index=models.Index(fields=['customer', '-created_at'], name='files_of_customer'),
        ),
        migrations.AddIndex(
            model_name='attachment',
            index=models.Index(condition=models.Q(('deleted_at', None)), fields=['on', 'on_id'], name='files_of_row'),
        ),
        migrations.AddIndex(
            model_name='attachment',
            index=models.Index(condition=models.Q(('deleted_at', None), _negated=True), fields=['deleted_at'], name='files_bin'),
        ),
        migrations.AddIndex(
            model_name='comment',
            index=models.Index(fields=['interaction', 'at'], name='comments_of_entry'),
        ),
        migrations.AddIndex(
            model_name='consent',
            index=models.Index(condition=models.Q(('undone_at', None)), fields=['customer', '-at', '-id'], name='consent_last_word'),
        ),
        migrations.AddConstraint(
            model_name='follower',
            constraint=models.UniqueConstraint(fields=('customer', 'user'), name='followed_once'),
        ),
        migrations.AddConstraint(
            model_name='mention',
            constraint=models.UniqueConstraint(fields=('interaction', 'comment', 'user'), name='named_once', nulls_distinct=False),
        ),
        migrations.AddIndex(
            model_name='paperoriginal',
            index=models.Index(fields=['customer', 'title'], name='originals_of_customer'),
        ),
        migrations.AddIndex(
            model_name='paperoriginal',
            index=models.Index(condition=models.Q(('deleted_at', None)), fields=['holder'], name='originals_of_holder'),
        ),
        migrations.AddIndex(
            model_name='originalmove',
            index=models.Index(fields=['original', '-at'], name='moves_of_original'),
        ),
        migrations.AddIndex(
            model_name='stagemove',
            index=models.Index(fields=['customer', '-at'], name='stage_moves_of'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='customer',
            trigger=pgtrigger.compiler.Trigger(name='before_update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."address" IS DISTINCT FROM (NEW."address") OR OLD."birthday" IS DISTINCT FROM (NEW."birthday") OR OLD."birthday_is_lunar" IS DISTINCT FROM (NEW."birthday_is_lunar") OR OLD."birthday_leap_month" IS DISTINCT FROM (NEW."birthday_leap_month") OR OLD."business_scope" IS DISTINCT FROM (NEW."business_scope") OR OLD."channel_id" IS DISTINCT FROM (NEW."channel_id") OR OLD."company_size_id" IS DISTINCT FROM (NEW."company_size_id") OR OLD."created_at" IS DISTINCT FROM (NEW."created_at") OR OLD."created_by_id" IS DISTINCT FROM (NEW."created_by_id") OR OLD."credit_code" IS DISTINCT FROM (NEW."credit_code") OR OLD."deleted_at" IS DISTINCT FROM (NEW."deleted_at") OR OLD."deleted_by_id" IS DISTINCT FROM (NEW."deleted_by_id") OR OLD."do_not_contact" IS DISTINCT FROM (NEW."do_not_contact") OR OLD."email" IS DISTINCT FROM (NEW."email") OR OLD."founded_on" IS DISTINCT FROM (NEW."founded_on") OR OLD."gender" IS DISTINCT FROM (NEW."gender") OR OLD."growth" IS DISTINCT FROM (NEW."growth") OR OLD."hobbies" IS DISTINCT FROM (NEW."hobbies") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."industry_id" IS DISTINCT FROM (NEW."industry_id") OR OLD."kind" IS DISTINCT FROM (NEW."kind") OR OLD."market_position" IS DISTINCT FROM (NEW."market_position") OR OLD."market_standing_id" IS DISTINCT FROM (NEW."market_standing_id") OR OLD."name" IS DISTINCT FROM (NEW."name") OR OLD."name_sort" IS DISTINCT FROM (NEW."name_sort") OR OLD."notes" IS DISTINCT FROM (NEW."notes") OR OLD."number" IS DISTINCT FROM (NEW."number") OR OLD."occupation" IS DISTINCT FROM (NEW."occupation") OR OLD."owner_id" IS DISTINCT FROM (NEW."owner_id") OR OLD."pause_reason" IS DISTINCT FROM (NEW."pause_reason") OR OLD."paused_until" IS DISTINCT FROM (NEW."paused_until") OR OLD."phone" IS DISTINCT FROM (NEW."phone") OR OLD."phone2" IS DISTINCT FROM (NEW."phone2") OR OLD."referred_by_id" IS DISTINCT FROM (NEW."referred_by_id") OR OLD."region" IS DISTINCT FROM (NEW."region") OR OLD."service_owner_id" IS DISTINCT FROM (NEW."service_owner_id") OR OLD."source" IS DISTINCT FROM (NEW."source") OR OLD."stage" IS DISTINCT FROM (NEW."stage") OR OLD."stage_since" IS DISTINCT FROM (NEW."stage_since") OR OLD."team_id" IS DISTINCT FROM (NEW."team_id") OR OLD."wechat" IS DISTINCT FROM (NEW."wechat"))', func='INSERT INTO "customers_customerevent" ("address", "birthday", "birthday_is_lunar", "birthday_leap_month", "business_scope", "channel_id", "company_size_id", "created_at", "created_by_id", "credit_code", "deleted_at", "deleted_by_id", "do_not_contact", "email", "founded_on", "gender", "growth", "hobbies", "id", "industry_id", "kind", "market_position", "market_standing_id", "name", "name_sort", "notes", "number", "occupation", "owner_id", "pause_reason", "paused_until", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "phone", "phone2", "referred_by_id", "region", "service_owner_id", "source", "stage", "stage_since", "team_id", "wechat") VALUES (OLD."address", OLD."birthday", OLD."birthday_is_lunar", OLD."birthday_leap_month", OLD."business_scope", OLD."channel_id", OLD."company_size_id", OLD."created_at", OLD."created_by_id", OLD."credit_code", OLD."deleted_at", OLD."deleted_by_id", OLD."do_not_contact", OLD."email", OLD."founded_on", OLD."gender", OLD."growth", OLD."hobbies", OLD."id", OLD."industry_id", OLD."kind", OLD."market_position", OLD."market_standing_id", OLD."name", OLD."name_sort", OLD."notes", OLD."number", OLD."occupation", OLD."owner_id", OLD."pause_reason", OLD."paused_until", _pgh_attach_context(), NOW(), \'before_update\', OLD."id", OLD."phone", OLD."phone2", OLD."referred_by_id", OLD."region", OLD."service_owner_id", OLD."source", OLD."stage", OLD."stage_since", OLD."team_id", OLD."wechat"); RETURN NULL;', hash='e60974604762798bb97ce93647418b6d27a582c7', operation='UPDATE', pgid='pgtrigger_before_update_update_50881', table='customers_customer', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='customer',
            trigger=pgtrigger.compiler.Trigger(name='before_delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "customers_customerevent" ("address", "birthday", "birthday_is_lunar", "birthday_leap_month", "business_scope", "channel_id", "company_size_id", "created_at", "created_by_id", "credit_code", "deleted_at", "deleted_by_id", "do_not_contact", "email", "founded_on", "gender", "growth", "hobbies", "id", "industry_id", "kind", "market_position", "market_standing_id", "name", "name_sort", "notes", "number", "occupation", "owner_id", "pause_reason", "paused_until", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "phone", "phone2", "referred_by_id", "region", "service_owner_id", "source", "stage", "stage_since", "team_id", "wechat") VALUES (OLD."address", OLD."birthday", OLD."birthday_is_lunar", OLD."birthday_leap_month", OLD."business_scope", OLD."channel_id", OLD."company_size_id", OLD."created_at", OLD."created_by_id", OLD."credit_code", OLD."deleted_at", OLD."deleted_by_id", OLD."do_not_contact", OLD."email", OLD."founded_on", OLD."gender", OLD."growth", OLD."hobbies", OLD."id", OLD."industry_id", OLD."kind", OLD."market_position", OLD."market_standing_id", OLD."name", OLD."name_sort", OLD."notes", OLD."number", OLD."occupation", OLD."owner_id", OLD."pause_reason", OLD."paused_until", _pgh_attach_context(), NOW(), \'before_delete\', OLD."id", OLD."phone", OLD."phone2", OLD."referred_by_id", OLD."region", OLD."service_owner_id", OLD."source", OLD."stage", OLD."stage_since", OLD."team_id", OLD."wechat"); RETURN NULL;', hash='49b64e3900218adfafcc882719689e12b93c95ae', operation='DELETE', pgid='pgtrigger_before_delete_delete_b1520', table='customers_customer', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='interaction',
            trigger=pgtrigger.compiler.Trigger(name='before_update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."automatic" IS DISTINCT FROM (NEW."automatic") OR OLD."captured_at" IS DISTINCT FROM (NEW."captured_at") OR OLD."change_found" IS DISTINCT FROM (NEW."change_found") OR OLD."check_in" IS DISTINCT FROM (NEW."check_in") OR OLD."contact_id" IS DISTINCT FROM (NEW."contact_id") OR OLD."corrected_at" IS DISTINCT FROM (NEW."corrected_at") OR OLD."created_at" IS DISTINCT FROM (NEW."created_at") OR OLD."created_by_id" IS DISTINCT FROM (NEW."created_by_id") OR OLD."customer_id" IS DISTINCT FROM (NEW."customer_id") OR OLD."deleted_at" IS DISTINCT FROM (NEW."deleted_at") OR OLD."deleted_by_id" IS DISTINCT FROM (NEW."deleted_by_id") OR OLD."direction" IS DISTINCT FROM (NEW."direction") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."kind" IS DISTINCT FROM (NEW."kind") OR OLD."late" IS DISTINCT FROM (NEW."late") OR OLD."late_reason" IS DISTINCT FROM (NEW."late_reason") OR OLD."minutes" IS DISTINCT FROM (NEW."minutes") OR OLD."mood" IS DISTINCT FROM (NEW."mood") OR OLD."needs_found" IS DISTINCT FROM (NEW."needs_found") OR OLD."objection" IS DISTINCT FROM (NEW."objection") OR OLD."occurred_at" IS DISTINCT FROM (NEW."occurred_at") OR OLD."participants" IS DISTINCT FROM (NEW."participants") OR OLD."place" IS DISTINCT FROM (NEW."place") OR OLD."received_at" IS DISTINCT FROM (NEW."received_at") OR OLD."result" IS DISTINCT FROM (NEW."result") OR OLD."summary" IS DISTINCT FROM (NEW."summary") OR OLD."user_id" IS DISTINCT FROM (NEW."user_id"))', func='INSERT INTO "customers_interactionevent" ("automatic", "captured_at", "change_found", "check_in", "contact_id", "corrected_at", "created_at", "created_by_id", "customer_id", "deleted_at", "deleted_by_id", "direction", "id", "kind", "late", "late_reason", "minutes", "mood", "needs_found", "objection", "occurred_at", "participants", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "place", "received_at", "result", "summary", "user_id") VALUES (OLD."automatic", OLD."captured_at", OLD."change_found", OLD."check_in", OLD."contact_id", OLD."corrected_at", OLD."created_at", OLD."created_by_id", OLD."customer_id", OLD."deleted_at", OLD."deleted_by_id", OLD."direction", OLD."id", OLD."kind", OLD."late", OLD."late_reason", OLD."minutes", OLD."mood", OLD."needs_found", OLD."objection", OLD."occurred_at", OLD."participants", _pgh_attach_context(), NOW(), \'before_update\', OLD."id", OLD."place", OLD."received_at", OLD."result", OLD."summary", OLD."user_id"); RETURN NULL;', hash='baaa573da99c9ff293ab6642ba876f440a31dc46', operation='UPDATE', pgid='pgtrigger_before_update_update_80e73', table='customers_interaction', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='interaction',
            trigger=pgtrigger.compiler.Trigger(name='before_delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "customers_interactionevent" ("automatic", "captured_at", "change_found", "check_in", "contact_id", "corrected_at", "created_at", "created_by_id", "customer_id", "deleted_at", "deleted_by_id", "direction", "id", "kind", "late", "late_reason", "minutes", "mood", "needs_found", "objection", "occurred_at", "participants", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "place", "received_at", "result", "summary", "user_id") VALUES (OLD."automatic", OLD."captured_at", OLD."change_found", OLD."check_in", OLD."contact_id", OLD."corrected_at", OLD."created_at", OLD."created_by_id", OLD."customer_id", OLD."deleted_at", OLD."deleted_by_id", OLD."direction", OLD."id", OLD."kind", OLD."late", OLD."late_reason", OLD."minutes", OLD."mood", OLD."needs_found", OLD."objection", OLD."occurred_at", OLD."participants", _pgh_attach_context(), NOW(), \'before_delete\', OLD."id", OLD."place", OLD."received_at", OLD."result", OLD."summary", OLD."user_id"); RETURN NULL;', hash='684705e94eb5013b8ae52e1af5f13b90b6445ccc', operation='DELETE', pgid='pgtrigger_before_delete_delete_0cf53', table='customers_interaction', when='AFTER')),
        ),
    ]
