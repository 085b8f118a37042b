"""Which customers an import made or changed."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from customers.models.customer import Customer


class ImportedCustomer(models.Model):
    """A customer that an import made or changed; for orders: who got some of them."""

    job = models.ForeignKey("intake.ImportJob", models.CASCADE, related_name="customers")
    customer = models.ForeignKey(Customer, models.CASCADE, related_name="imports")
    made = models.BooleanField()  # new with this import

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["job", "customer"], name="customer_once_per_import")
        ]
