"""Posts, what is written about them, and who has accepted it."""

from __future__ import annotations

from typing import ClassVar

import pgtrigger
from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import Role, Team
from core.base import Stamped, Versioned

WRITTEN_ONCE = pgtrigger.Protect(name="written_once", operation=pgtrigger.Update | pgtrigger.Delete)


class Post(Stamped, Versioned):
    """Who has these duties: everybody of a team and below, of a role, or one person; what is empty isn't asked."""

    name = models.CharField(pgettext_lazy("of a post", "post"), max_length=80)
    team = models.ForeignKey(Team, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("team"))
    role = models.ForeignKey(Role, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("role"))
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("person")
    )
    is_on = models.BooleanField(default=True)
    in_force = models.ForeignKey("DutySheet", models.PROTECT, null=True, editable=False, related_name="+")

    def __str__(self) -> str:
        return self.name


class DutySheet(models.Model):
    """One version of what is written about a post. It is never changed: another wording is another version."""

    post = models.ForeignKey(Post, models.PROTECT, related_name="sheets")
    number = models.PositiveIntegerField()
    duties = models.TextField(_("duties"))
    requirements = models.TextField(_("management requirements"), blank=True)
    written_at = models.DateTimeField()
    written_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["post", "number"], name="duty_sheet_numbered_once")
        ]
        triggers: ClassVar[list[pgtrigger.Trigger]] = [WRITTEN_ONCE]


class Acceptance(models.Model):
    """A person has read one version and accepts it."""

    sheet = models.ForeignKey(DutySheet, models.PROTECT, related_name="acceptances")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["sheet", "person"], name="duties_accepted_once")
        ]
        triggers: ClassVar[list[pgtrigger.Trigger]] = [WRITTEN_ONCE]
