"""Segments that people saved."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts import policy
from accounts.scope import Scoped, ScopedQuerySet, reach_of
from core.base import Stamped, Versioned

if TYPE_CHECKING:
    from accounts.models import User


class SegmentQuerySet(ScopedQuerySet):
    """One's own, and those that are shared: others never see a private one, whoever they lead."""

    def _within(self, user: User, scope: str, permission: str, **narrowed: Any) -> SegmentQuerySet:
        rows = self.filter(Q(owner=user.pk) | Q(shared=True))
        if scope == policy.ALL:
            return rows
        return rows.filter(reach_of(user).rows(self.model, scope, permission, **narrowed))


class Segment(Stamped, Versioned, Scoped):
    """Conditions on customers under a name; whom they mean is looked up when somebody asks.

    `tree` is as segments/tree.py stores it. A retired one isn't offered any more and can be taken back.
    """

    scope_resource: ClassVar[str] = "segment"
    scope_owner: ClassVar[tuple[str, ...]] = ("owner",)

    name = models.CharField(pgettext_lazy("of a segment", "name"), max_length=80)
    note = models.CharField(_("what it is for"), max_length=200, blank=True, default="")
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="segments")
    shared = models.BooleanField(_("shared with everybody"), default=False)
    tree = models.JSONField(pgettext_lazy("of a segment", "conditions"))
    retired_at = models.DateTimeField(null=True, editable=False)

    objects = SegmentQuerySet.as_manager()

    class Meta:
        ordering: ClassVar[list[str]] = ["name", "id"]
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["owner"], name="segment_by_owner")]

    def __str__(self) -> str:
        return self.name
