"""Files at customers, and who may see which."""

from __future__ import annotations

from typing import Any, ClassVar, Self

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts import policy
from accounts.models import User
from accounts.scope import Scoped, ScopedQuerySet, reach_of
from core.base import Binned, Stamped, Versioned
from core.contributions import registry
from core.models import StoredFile
from customers.models.base import ALIVE, CUSTOMER_OWNERS
from customers.models.customer import Customer


class AttachmentQuerySet(ScopedQuerySet):
    """A file is as visible as the row that it hangs on, and may be meant for fewer people.

    Both are asked on that row: whether the person sees it at all, and whether the right for files reaches it. Who may
    delete files there (owner and leads) sees those that aren't meant for everybody; who may delete any, all.
    """

    def _within(self, user: User, scope: str, permission: str, **narrowed: Any) -> Self:
        if narrowed.get("by"):
            raise ValueError("files are reached by the rows that they hang on, and no other way")
        mine = Q(created_by=user)
        everything = reach_of(user).everywhere("attachment.delete")
        found = Q(pk__in=[])
        for holder in registry().file_holders.values():
            if not user.can(holder.permission):
                continue
            rows = holder.rows().for_user(user, holder.permission).filter(pk=OuterRef("on_id"))
            seen = Exists(rows.for_user(user, "attachment.view"))
            decides = Exists(rows.for_user(user, "attachment.delete"))
            here = Q(on=holder.code) & Q(seen)
            if not everything:
                here &= mine | Q(seen=Attachment.Seen.ALL) | (Q(seen=Attachment.Seen.LEADS) & Q(decides))
            if permission != "attachment.view":
                here &= mine | (Q(Exists(rows.for_user(user, permission))) & Q(decides))
            found |= here
        return super()._within(user, policy.ALL, permission).filter(found)


AttachmentManager = models.Manager.from_queryset(AttachmentQuerySet)


class AliveAttachmentManager(AttachmentManager):
    """Hides what lies in the recycle bin itself or belongs to a customer there."""

    def get_queryset(self) -> models.QuerySet[Any]:
        return super().get_queryset().filter(deleted_at=None, customer__deleted_at=None)


class Attachment(Stamped, Versioned, Binned, Scoped):
    """A file at a customer, or at an entry of its log or whatever else apps hang files on (FileHolder)."""

    scope_resource: ClassVar[str] = "attachment"
    scope_owner: ClassVar[tuple[str, ...]] = CUSTOMER_OWNERS
    scope_customer: ClassVar[str | None] = "customer"

    class What(models.TextChoices):
        PHOTO = "photo", pgettext_lazy("a file", "photo")
        PROPOSAL = "proposal", _("proposal")
        QUOTE = "quote", _("quote")
        CONTRACT = "contract", _("contract")
        MINUTES = "minutes", pgettext_lazy("of a meeting", "minutes")
        OTHER = "other", pgettext_lazy("a file", "other")

    class Seen(models.TextChoices):
        ALL = "all", _("everybody who sees the entry")
        LEADS = "leads", _("owner of the customer and leads")
        ME = "me", _("only me and administrators")

    file = models.OneToOneField(StoredFile, models.PROTECT, related_name="attachment")
    customer = models.ForeignKey(Customer, models.CASCADE, related_name="attachments")
    on = models.CharField(max_length=12)  # the code of its FileHolder; `on_id` is the row
    on_id = models.BigIntegerField()
    what = models.CharField(_("what it is"), max_length=8, choices=What, default=What.OTHER)
    seen = models.CharField(_("who may see it"), max_length=5, choices=Seen, default=Seen.ALL)

    objects = AliveAttachmentManager()
    all_objects = AttachmentQuerySet.as_manager()

    class Meta:
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["customer", "-created_at"], name="files_of_customer"),
            models.Index(fields=["on", "on_id"], name="files_of_row", condition=ALIVE),
            models.Index(fields=["deleted_at"], name="files_bin", condition=~ALIVE),
        ]

    def __str__(self) -> str:
        return self.file.name
