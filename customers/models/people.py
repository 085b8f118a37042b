"""Colleagues besides the owner: with whom a customer is shared, and who follows it."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models

from customers.models.customer import Customer


class CustomerShare(models.Model):
    """An explicit share of one customer with one colleague (a collaborator); the row scope asks for it."""

    customer = models.ForeignKey(Customer, models.CASCADE, related_name="shares")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["user", "customer"], name="customer_shared_once")
        ]


class Follower(models.Model):
    """A colleague who wants to hear what happens with a customer; they do as long as they may see it."""

    customer = models.ForeignKey(Customer, models.CASCADE, related_name="followers")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="followed")
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["customer", "user"], name="followed_once")
        ]
