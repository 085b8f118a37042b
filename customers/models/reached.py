"""By what a customer writes to us, beyond the ways in the file, and addresses of theirs to which no mail comes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.scope import Scoped, ScopedQuerySet
from core.base import MaskedSave
from customers.models.base import CUSTOMER_OWNERS
from customers.models.contact import Contact
from customers.models.customer import Customer


class Network(models.TextChoices):
    """Where somebody writes to us."""

    EMAIL = "email", pgettext_lazy("way to talk", "e-mail")
    SMS = "sms", _("SMS")
    WECHAT = "wechat", _("WeChat")
    WECOM = "wecom", _("WeCom")
    DINGTALK = "dingtalk", _("DingTalk")
    WEIBO = "weibo", _("Weibo")
    DOUYIN = "douyin", _("Douyin")
    REDNOTE = "rednote", _("Xiaohongshu")
    OTHER = "other", pgettext_lazy("network", "other")


class Handle(MaskedSave, Scoped):
    """A sender that a person has said is this customer or contact: a name on a network, or a further address or number.

    An address stands in `email`, all else in `handle`: each is masked by its own class.
    """

    scope_resource: ClassVar[str] = "customer"
    scope_owner: ClassVar[tuple[str, ...]] = CUSTOMER_OWNERS
    scope_customer: ClassVar[str | None] = "customer"
    mask_fields: ClassVar[Mapping[str, str]] = {"email": "email", "handle": "phone"}

    customer = models.ForeignKey(Customer, models.CASCADE, related_name="handles")
    contact = models.ForeignKey(Contact, models.CASCADE, null=True, related_name="handles")
    network = models.CharField(_("network"), max_length=8, choices=Network)
    email = models.CharField(_("e-mail"), max_length=254, blank=True, default="")
    handle = models.CharField(_("sender"), max_length=120, blank=True, default="")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField()

    objects = ScopedQuerySet.as_manager()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["network", "email", "handle", "customer", "contact"],
                name="handle_once_at_a_customer",
                nulls_distinct=False,
            ),
            models.CheckConstraint(
                condition=Q(email="") & ~Q(handle="") | ~Q(email="") & Q(handle=""), name="handle_or_address"
            ),
        ]

    def __str__(self) -> str:
        return self.email or self.handle


class DeadAddress(Scoped):
    """An e-mail address of a customer from which mail came back for good. It counts while the address stands in the
    file, and until somebody says that it works."""

    scope_resource: ClassVar[str] = "customer"
    scope_owner: ClassVar[tuple[str, ...]] = CUSTOMER_OWNERS
    scope_customer: ClassVar[str | None] = "customer"

    customer = models.ForeignKey(Customer, models.CASCADE, related_name="dead_addresses")
    email = models.CharField(max_length=254)  # as customers.identity.email_key writes it
    status = models.CharField(max_length=12)  # 5.1.1
    at = models.DateTimeField()

    objects = ScopedQuerySet.as_manager()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["customer", "email"], name="dead_address_once"),
        ]
