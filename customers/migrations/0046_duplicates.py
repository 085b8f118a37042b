"""What customers are compared by, and the pairs that were found. Triggers note whom a sweep is to compare anew: new
files by the statement, so that an import pays little; changes by the row, as most of them leave these columns alone.
"""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

NOTES = """
CREATE OR REPLACE FUNCTION customers_match_new() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO customers_tomatch (customer_id) SELECT id FROM came;
    RETURN NULL;
END $$;
CREATE OR REPLACE FUNCTION customers_match_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO customers_tomatch (customer_id) VALUES (OLD.id);
    RETURN NULL;
END $$;
CREATE TRIGGER match_new AFTER INSERT ON customers_customer
    REFERENCING NEW TABLE AS came FOR EACH STATEMENT EXECUTE FUNCTION customers_match_new();
CREATE TRIGGER match_changed AFTER UPDATE ON customers_customer FOR EACH ROW
    WHEN ((OLD.name, OLD.number, OLD.credit_code, OLD.region, OLD.kind, OLD.search_tokens, OLD.deleted_at)
          IS DISTINCT FROM (NEW.name, NEW.number, NEW.credit_code, NEW.region, NEW.kind, NEW.search_tokens,
                            NEW.deleted_at))
    EXECUTE FUNCTION customers_match_changed();
CREATE TRIGGER match_gone AFTER DELETE ON customers_customer FOR EACH ROW EXECUTE FUNCTION customers_match_changed();
INSERT INTO customers_tomatch (customer_id) SELECT id FROM customers_customer WHERE deleted_at IS NULL;
"""
NO_NOTES = """
DROP TRIGGER match_new ON customers_customer;
DROP TRIGGER match_changed ON customers_customer;
DROP TRIGGER match_gone ON customers_customer;
DROP FUNCTION customers_match_new, customers_match_changed;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("customers", "0045_own_fields_narrow"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="ToMatch",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("customer_id", models.BigIntegerField()),
            ],
        ),
        migrations.CreateModel(
            name="MatchKey",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "key", "customer_id", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("key", models.CharField(db_collation="C", max_length=80)),
                ("customer_id", models.BigIntegerField()),
            ],
            options={"indexes": [models.Index(fields=["customer_id"], name="match_by_customer")]},
        ),
        migrations.CreateModel(
            name="DuplicatePair",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "strength",
                    models.CharField(
                        choices=[("certain", "certain"), ("likely", "likely"), ("possible", "possible")], max_length=8
                    ),
                ),
                ("rank", models.PositiveSmallIntegerField()),
                (
                    "alike",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(
                            choices=[
                                ("c", "same credit code"),
                                ("p", "same phone number"),
                                ("e", "same e-mail"),
                                ("n", "same name"),
                                ("s", "name sounds the same"),
                                ("k", "same customer number in another spelling"),
                                ("r", "same region"),
                            ],
                            max_length=1,
                        ),
                        size=None,
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[("open", "open"), ("different", "not the same"), ("merged", "merged")],
                        default="open",
                        max_length=9,
                    ),
                ),
                ("found_at", models.DateTimeField(auto_now_add=True)),
                ("decided_at", models.DateTimeField(null=True)),
                (
                    "decided_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "first",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="customers.customer"
                    ),
                ),
                (
                    "second",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="customers.customer"
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["state", "rank", "-id"], name="pairs_to_decide")],
                "constraints": [
                    models.UniqueConstraint(fields=("first", "second"), name="one_pair_of_two"),
                    models.CheckConstraint(
                        condition=models.Q(("first__lt", models.F("second"))), name="smaller_id_first"
                    ),
                ],
            },
        ),
        migrations.RunSQL(NOTES, NO_NOTES),
    ]
