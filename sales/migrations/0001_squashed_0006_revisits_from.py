"""What 0001 to 0006 make, in one step for a new company (docs/adr/0034-migrations-in-one.md)."""

import django.db.models.deletion
import django.db.models.functions.comparison
import django.db.models.functions.text
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    replaces = [
        ('sales', '0001_initial'),
        ('sales', '0002_order_numbers'),
        ('sales', '0003_month_index'),
        ('sales', '0004_search_by_number'),
        ('sales', '0005_orders_by_amount'),
        ('sales', '0006_revisits_from'),
    ]

    initial = True

    dependencies = [
        ('customers', '0019_cadence'),
        ('pghistory', '0007_auto_20250421_0444'),
    ]

    operations = [
        migrations.RunSQL(
            sql='CREATE SEQUENCE order_number_seq',
            reverse_sql='DROP SEQUENCE order_number_seq',
        ),
        migrations.CreateModel(
            name='ExchangeRate',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('date', models.DateField()),
                ('code', models.CharField(max_length=3)),
                ('rate', models.DecimalField(decimal_places=8, max_digits=18)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('code', 'date'), name='one_rate_per_day'), models.CheckConstraint(condition=models.Q(('rate__gt', 0)), name='rate_above_zero')],
            },
        ),
        migrations.CreateModel(
            name='Order',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='created')),
                ('updated_at', models.DateTimeField(auto_now=True, verbose_name='last change')),
                ('version', models.PositiveIntegerField(default=1, editable=False)),
                ('deleted_at', models.DateTimeField(blank=True, editable=False, null=True)),
                ('source', models.CharField(default='manual', editable=False, max_length=40)),
                ('number', models.CharField(max_length=80, verbose_name='order number')),
                ('kind', models.CharField(choices=[('purchase', 'purchase'), ('return', 'return')], default='purchase', max_length=8, verbose_name='kind')),
                ('state', models.CharField(choices=[('completed', 'completed'), ('open', 'open'), ('cancelled', 'cancelled')], default='completed', max_length=9, verbose_name='state')),
                ('ordered_at', models.DateTimeField(verbose_name='ordered at')),
                ('ordered_on', models.DateField(editable=False)),
                ('currency', models.CharField(max_length=3, verbose_name='currency')),
                ('rate', models.DecimalField(decimal_places=8, default=1, editable=False, max_digits=18)),
                ('total', models.BigIntegerField(editable=False)),
                ('amount', models.BigIntegerField(editable=False)),
                ('payment_method', models.CharField(blank=True, default='', max_length=40, verbose_name='payment method')),
                ('region', models.CharField(blank=True, max_length=80, verbose_name='region')),
                ('notes', models.CharField(blank=True, max_length=300, verbose_name='notes')),
                ('content_hash', models.CharField(blank=True, editable=False, max_length=64)),
                ('channel', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, to='customers.channel', verbose_name='channel')),
                ('created_by', models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('customer', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='orders', to='customers.customer')),
                ('deleted_by', models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('return_of', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='returns', to='sales.order')),
                ('updated_by', models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('deleted_at', None)), fields=['customer', 'ordered_on'], include=('amount', 'kind', 'state'), name='order_night'), models.Index(fields=['customer', '-ordered_at', '-id'], name='order_timeline'), models.Index(fields=['-ordered_at', '-id'], name='order_list'), models.Index(condition=models.Q(('deleted_at', None), ('state', 'completed')), fields=['ordered_on'], include=('customer', 'amount'), name='order_month'), models.Index(django.db.models.functions.comparison.Collate(django.db.models.functions.text.Upper('number'), 'C'), name='order_by_number'), models.Index(models.Func(models.F('number'), output_field=models.CharField(), template="substring(%(expressions)s from '0*([0-9]+)$')"), name='order_by_number_tail'), models.Index(fields=['-amount', '-id'], name='order_by_amount')],
                'constraints': [models.UniqueConstraint(fields=('source', 'number'), name='order_once_per_source'), models.CheckConstraint(condition=models.Q(models.Q(('kind', 'return'), _negated=True), ('total__lte', 0), _connector='OR'), name='returns_are_negative')],
            },
        ),
        migrations.CreateModel(
            name='OrderEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('id', models.BigIntegerField()),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='created')),
                ('deleted_at', models.DateTimeField(blank=True, editable=False, null=True)),
                ('source', models.CharField(default='manual', editable=False, max_length=40)),
                ('number', models.CharField(max_length=80, verbose_name='order number')),
                ('kind', models.CharField(choices=[('purchase', 'purchase'), ('return', 'return')], default='purchase', max_length=8, verbose_name='kind')),
                ('state', models.CharField(choices=[('completed', 'completed'), ('open', 'open'), ('cancelled', 'cancelled')], default='completed', max_length=9, verbose_name='state')),
                ('ordered_at', models.DateTimeField(verbose_name='ordered at')),
                ('ordered_on', models.DateField(editable=False)),
                ('currency', models.CharField(max_length=3, verbose_name='currency')),
                ('rate', models.DecimalField(decimal_places=8, default=1, editable=False, max_digits=18)),
                ('total', models.BigIntegerField(editable=False)),
                ('amount', models.BigIntegerField(editable=False)),
                ('payment_method', models.CharField(blank=True, default='', max_length=40, verbose_name='payment method')),
                ('region', models.CharField(blank=True, max_length=80, verbose_name='region')),
                ('notes', models.CharField(blank=True, max_length=300, verbose_name='notes')),
                ('content_hash', models.CharField(blank=True, editable=False, max_length=64)),
                ('channel', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='customers.channel', verbose_name='channel')),
                ('created_by', models.ForeignKey(blank=True, db_constraint=False, editable=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL)),
                ('customer', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='customers.customer')),
                ('deleted_by', models.ForeignKey(blank=True, db_constraint=False, editable=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL)),
                ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='sales.order')),
                ('return_of', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='sales.order')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='Product',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('sku', models.CharField(max_length=60, unique=True, verbose_name='product number')),
                ('name', models.CharField(max_length=200, verbose_name='name')),
                ('unit_price', models.DecimalField(blank=True, decimal_places=4, max_digits=18, null=True, verbose_name='unit price')),
                ('unit_cost', models.DecimalField(blank=True, decimal_places=4, max_digits=18, null=True, verbose_name='unit cost')),
                ('flag', models.CharField(blank=True, choices=[('', 'goods or service'), ('fee', 'fee'), ('discount', 'discount')], default='', max_length=8, verbose_name='counts as')),
                ('is_active', models.BooleanField(default=True, verbose_name='active')),
            ],
            options={
                'ordering': ['name', 'id'],
                'indexes': [models.Index(fields=['name', 'id'], name='product_by_name')],
            },
        ),
        migrations.CreateModel(
            name='OrderLine',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('description', models.CharField(blank=True, max_length=200, verbose_name='description')),
                ('quantity', models.DecimalField(decimal_places=3, max_digits=14, verbose_name='quantity')),
                ('unit_price', models.DecimalField(decimal_places=4, max_digits=18, verbose_name='unit price')),
                ('unit_cost', models.DecimalField(blank=True, decimal_places=4, max_digits=18, null=True, verbose_name='unit cost')),
                ('discount', models.DecimalField(decimal_places=4, default=0, max_digits=18, verbose_name='discount')),
                ('amount', models.DecimalField(decimal_places=4, editable=False, max_digits=20)),
                ('order', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='lines', to='sales.order')),
                ('product', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='lines', to='sales.product')),
            ],
            options={
                'indexes': [models.Index(fields=['product'], name='line_by_product')],
            },
        ),
        migrations.CreateModel(
            name='Target',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('month', models.DateField(verbose_name='month')),
                ('metric', models.CharField(choices=[('revenue', 'sales'), ('orders', 'orders'), ('visits', 'visits')], default='revenue', max_length=10, verbose_name='metric')),
                ('value', models.BigIntegerField(verbose_name='target')),
                ('updated_at', models.DateTimeField(auto_now=True)),
                ('version', models.PositiveIntegerField(default=1, editable=False)),
                ('updated_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='targets', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('user', 'month', 'metric'), name='one_target_per_month'), models.CheckConstraint(condition=models.Q(('value__gte', 0)), name='target_not_negative'), models.CheckConstraint(condition=models.Q(('month__day', 1)), name='target_month_is_its_first_day')],
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='order',
            trigger=pgtrigger.compiler.Trigger(name='before_update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."amount" IS DISTINCT FROM (NEW."amount") OR OLD."channel_id" IS DISTINCT FROM (NEW."channel_id") OR OLD."content_hash" IS DISTINCT FROM (NEW."content_hash") OR OLD."created_at" IS DISTINCT FROM (NEW."created_at") OR OLD."created_by_id" IS DISTINCT FROM (NEW."created_by_id") OR OLD."currency" IS DISTINCT FROM (NEW."currency") OR OLD."customer_id" IS DISTINCT FROM (NEW."customer_id") OR OLD."deleted_at" IS DISTINCT FROM (NEW."deleted_at") OR OLD."deleted_by_id" IS DISTINCT FROM (NEW."deleted_by_id") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."kind" IS DISTINCT FROM (NEW."kind") OR OLD."notes" IS DISTINCT FROM (NEW."notes") OR OLD."number" IS DISTINCT FROM (NEW."number") OR OLD."ordered_at" IS DISTINCT FROM (NEW."ordered_at") OR OLD."ordered_on" IS DISTINCT FROM (NEW."ordered_on") OR OLD."payment_method" IS DISTINCT FROM (NEW."payment_method") OR OLD."rate" IS DISTINCT FROM (NEW."rate") OR OLD."region" IS DISTINCT FROM (NEW."region") OR OLD."return_of_id" IS DISTINCT FROM (NEW."return_of_id") OR OLD."source" IS DISTINCT FROM (NEW."source") OR OLD."state" IS DISTINCT FROM (NEW."state") OR OLD."total" IS DISTINCT FROM (NEW."total"))', func='INSERT INTO "sales_orderevent" ("amount", "channel_id", "content_hash", "created_at", "created_by_id", "currency", "customer_id", "deleted_at", "deleted_by_id", "id", "kind", "notes", "number", "ordered_at", "ordered_on", "payment_method", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "rate", "region", "return_of_id", "source", "state", "total") VALUES (OLD."amount", OLD."channel_id", OLD."content_hash", OLD."created_at", OLD."created_by_id", OLD."currency", OLD."customer_id", OLD."deleted_at", OLD."deleted_by_id", OLD."id", OLD."kind", OLD."notes", OLD."number", OLD."ordered_at", OLD."ordered_on", OLD."payment_method", _pgh_attach_context(), NOW(), \'before_update\', OLD."id", OLD."rate", OLD."region", OLD."return_of_id", OLD."source", OLD."state", OLD."total"); RETURN NULL;', hash='b2e641e79ffa78f600f464ea94fd1dd0f4024d68', operation='UPDATE', pgid='pgtrigger_before_update_update_73604', table='sales_order', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='order',
            trigger=pgtrigger.compiler.Trigger(name='before_delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "sales_orderevent" ("amount", "channel_id", "content_hash", "created_at", "created_by_id", "currency", "customer_id", "deleted_at", "deleted_by_id", "id", "kind", "notes", "number", "ordered_at", "ordered_on", "payment_method", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "rate", "region", "return_of_id", "source", "state", "total") VALUES (OLD."amount", OLD."channel_id", OLD."content_hash", OLD."created_at", OLD."created_by_id", OLD."currency", OLD."customer_id", OLD."deleted_at", OLD."deleted_by_id", OLD."id", OLD."kind", OLD."notes", OLD."number", OLD."ordered_at", OLD."ordered_on", OLD."payment_method", _pgh_attach_context(), NOW(), \'before_delete\', OLD."id", OLD."rate", OLD."region", OLD."return_of_id", OLD."source", OLD."state", OLD."total"); RETURN NULL;', hash='684712120dc0b19ad11f9255e4b4770f2c1e3f96', operation='DELETE', pgid='pgtrigger_before_delete_delete_0fdb4', table='sales_order', when='AFTER')),
        ),
    ]
