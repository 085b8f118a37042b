"""Paper originals: where each is, and where it was before."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.scope import Scoped, ScopedQuerySet
from core.base import Binned, Stamped, Versioned
from customers.models.base import ALIVE, CUSTOMER_OWNERS, AliveChildManager
from customers.models.customer import Customer


class PaperOriginal(Stamped, Versioned, Binned, Scoped):
    """A paper that exists once, such as a signed contract: where it lies, who has it, since when, and to whom it went.

    `handed_to` names somebody outside, such as a court or the customer; empty while it is with its holder.
    """

    scope_resource: ClassVar[str] = "original"
    scope_owner: ClassVar[tuple[str, ...]] = CUSTOMER_OWNERS
    scope_customer: ClassVar[str | None] = "customer"

    customer = models.ForeignKey(Customer, models.CASCADE, related_name="originals")
    title = models.CharField(_("paper"), max_length=120)
    place = models.CharField(_("where it lies"), max_length=120)
    holder = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="originals", verbose_name=_("who has it")
    )
    since = models.DateField(_("since"))
    handed_to = models.CharField(_("handed to"), max_length=120, blank=True)
    note = models.CharField(_("note"), max_length=300, blank=True)

    objects = AliveChildManager()
    all_objects = ScopedQuerySet.as_manager()

    class Meta:
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["customer", "title"], name="originals_of_customer"),
            models.Index(fields=["holder"], name="originals_of_holder", condition=ALIVE),
        ]

    def __str__(self) -> str:
        return self.title


class OriginalMove(models.Model):
    """Where a paper original was from `since` on; the first one says where it began, the last one where it is."""

    original = models.ForeignKey(PaperOriginal, models.CASCADE, related_name="moves")
    at = models.DateTimeField(auto_now_add=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    place = models.CharField(max_length=120)
    holder = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    since = models.DateField()
    handed_to = models.CharField(max_length=120, blank=True)

    class Meta:
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["original", "-at"], name="moves_of_original")]
