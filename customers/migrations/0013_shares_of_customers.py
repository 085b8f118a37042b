"""Shares stand with the customers that they open, so that they go with them; those of purged customers end here."""

from typing import ClassVar

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies: ClassVar[list[tuple[str, str]]] = [
        ("accounts", "0006_tokens_have_names"),
        ("customers", "0012_lunar_birthdays"),
    ]
    run_before: ClassVar[list[tuple[str, str]]] = [("accounts", "0007_shares_stand_with_customers")]
    operations: ClassVar[list[object]] = [
        migrations.CreateModel(
            name="CustomerShare",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "customer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="shares", to="customers.customer"
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("user", "customer"), name="customer_shared_once")],
            },
        ),
        migrations.RunSQL(
            "INSERT INTO customers_customershare (user_id, customer_id)"
            " SELECT s.user_id, s.customer_id FROM accounts_customershare s"
            " JOIN customers_customer c ON c.id = s.customer_id ORDER BY s.id",
            migrations.RunSQL.noop,
        ),
    ]
