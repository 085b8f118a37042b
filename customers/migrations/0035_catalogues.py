"""Industry, company size and market standing become catalogues: their tables, and empty columns that lead to them.

The words typed so far wait beside them (industry_text, company_size_text) until 0036 has turned them into entries.
Renaming a column and adding an empty one take no time, however many customers there are. No before-images are kept of
what the migrations write: the triggers come back with 0037.
"""

import django.core.validators
import django.db.models.deletion
import pgtrigger.migrations
from django.db import migrations, models

NAMES = [
    ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
    ("name_en", models.CharField(max_length=80, verbose_name="name (English)")),
    ("name_zh", models.CharField(max_length=80, verbose_name="name (Chinese)")),
    ("code", models.SlugField(max_length=40, unique=True)),
    ("is_active", models.BooleanField(default=True)),
    ("position", models.PositiveIntegerField(default=1000)),
]
FIELDS = {
    "industry": ("Industry", "industry"),
    "company_size": ("CompanySize", "company size"),
    "market_standing": ("MarketStanding", "market standing"),
}


def points():
    return (
        "points",
        models.PositiveSmallIntegerField(
            blank=True,
            null=True,
            validators=[django.core.validators.MaxValueValidator(15)],
            verbose_name="points",
        ),
    )


def table(name, *further):
    merged = models.ForeignKey(
        null=True,
        on_delete=django.db.models.deletion.PROTECT,
        related_name="merged_from",
        to=f"customers.{name.lower()}",
    )
    fields = [*((name, field.clone()) for name, field in NAMES), *further, ("merged_into", merged)]
    return migrations.CreateModel(name=name, fields=fields, options={"abstract": False})


def key(name):
    model, words = FIELDS[name]
    to = f"customers.{model.lower()}"
    of_customer = models.ForeignKey(
        blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, to=to, verbose_name=words
    )
    of_event = models.ForeignKey(
        blank=True,
        db_constraint=False,
        null=True,
        on_delete=django.db.models.deletion.DO_NOTHING,
        related_name="+",
        related_query_name="+",
        to=to,
        verbose_name=words,
    )
    return [
        migrations.AddField(model_name="customer", name=name, field=of_customer),
        migrations.AddField(model_name="customerevent", name=name, field=of_event),
    ]


def aside(name):
    return [
        migrations.RenameField(model_name=model, old_name=name, new_name=f"{name}_text")
        for model in ("customer", "customerevent")
    ]


class Migration(migrations.Migration):
    dependencies = [("customers", "0034_facts_by_interaction")]
    operations = [
        pgtrigger.migrations.RemoveTrigger(model_name="customer", name="before_update_update"),
        pgtrigger.migrations.RemoveTrigger(model_name="customer", name="before_delete_delete"),
        table(
            "CompanySize",
            points(),
            ("least", models.PositiveIntegerField(blank=True, null=True, verbose_name="from so many employees")),
        ),
        table("Industry", points()),
        table("MarketStanding"),
        *aside("industry"),
        *aside("company_size"),
        *(operation for name in FIELDS for operation in key(name)),
        migrations.AddField(
            model_name="requiredfields",
            name="market_standing",
            field=models.CharField(
                choices=[
                    ("no", "not asked for"),
                    ("wanted", "wanted"),
                    ("new", "required when new"),
                    ("always", "required everywhere"),
                ],
                default="no",
                max_length=6,
                verbose_name="market standing",
            ),
        ),
    ]
