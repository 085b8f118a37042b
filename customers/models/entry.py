"""Templates by which people enter customers: what a form asks for, in which order, and what it begins with."""

from __future__ import annotations

from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from core.base import Stamped, Versioned
from core.history import tracked
from customers.models.catalogue import Channel, Industry, Named, Tag
from customers.models.customer import Kind


class FirstOwner(models.TextChoices):
    """Whose the new customers are, as a proposal to who may choose the owner; others keep whom they enter."""

    SELF = "self", _("who enters it")
    POOL = "pool", _("unassigned pool")
    NAMED = "named", _("a certain colleague")


@tracked(exclude=("updated_at", "updated_by", "version"))
class EntryTemplate(Stamped, Versioned, Named):
    """One such form: for an exhibition, an inquiry by phone, a referral. Its kind stays, for its fields are of it.

    `asks` holds the fields in their order: {"name": as the form calls it, "must": required}. What the company requires
    is asked all the same. Retired, it is offered no more.
    """

    kind = models.CharField(_("kind of customer"), max_length=8, choices=Kind, default=Kind.COMPANY, editable=False)
    asks = models.JSONField(_("fields"), default=list, blank=True, editable=False)
    channel = models.ForeignKey(Channel, models.PROTECT, null=True, blank=True, verbose_name=_("source channel"))
    industry = models.ForeignKey(Industry, models.PROTECT, null=True, blank=True, verbose_name=_("industry"))
    tags = models.ManyToManyField(Tag, blank=True, related_name="+", verbose_name=_("tags"))
    first_owner = models.CharField(_("owner"), max_length=5, choices=FirstOwner, default=FirstOwner.SELF)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("colleague")
    )
    is_active = models.BooleanField(default=True, editable=False)

    class Meta:
        ordering: ClassVar[list[str]] = ["pk"]

    @property
    def fields(self) -> dict[str, bool]:
        """The fields in their order, and whether each is required."""
        return {one["name"]: bool(one["must"]) for one in self.asks}

    def begins_with(self, user: Any) -> dict[str, Any]:
        """What the form begins with; what was retired meanwhile isn't put into new files."""
        found: dict[str, Any] = {"kind": self.kind}
        for name, entry in (("channel", self.channel), ("industry", self.industry)):
            if entry is not None and entry.is_active:
                found[name] = entry
        named = self.owner if self.owner is not None and self.owner.is_active else user
        owners = {FirstOwner.SELF: user, FirstOwner.POOL: None, FirstOwner.NAMED: named}
        return found | {"owner": owners[FirstOwner(self.first_owner)]}


class LastTemplate(models.Model):
    """By which template somebody entered a customer last; the next form begins with it. None: by no template."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, models.CASCADE, primary_key=True, related_name="+")
    template = models.ForeignKey(EntryTemplate, models.CASCADE, null=True, related_name="+")
