"""Views of lists that people saved."""

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

LONGEST_QUERY = 2000


class SavedViewQuerySet(ScopedQuerySet):
    """One's own, and those that are shared: others never see a private one, whoever they lead."""

    def _within(self, user: User, scope: str, permission: str, **narrowed: Any) -> SavedViewQuerySet:
        rows = self.filter(Q(owner=user.pk) | Q(shared=True))
        if scope == policy.ALL:
            return rows
        return rows.filter(reach_of(user).rows(self.model, scope, permission, **narrowed))


class SavedView(Stamped, Versioned, Scoped):
    """A list with its filters, order and columns, under a name. It holds the address of the list and no rows: whoever
    opens it sees of the list what they may see. A removed one can be taken back.
    """

    scope_resource: ClassVar[str] = "saved_view"
    scope_owner: ClassVar[tuple[str, ...]] = ("owner",)

    listing = models.CharField(max_length=40, editable=False)  # the name of the list's page (ui.listing.WITH_VIEWS)
    name = models.CharField(pgettext_lazy("of a view", "name"), max_length=60)
    query = models.CharField(max_length=LONGEST_QUERY, blank=True)  # the parameters of the address, without a page
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="saved_views")
    shared = models.BooleanField(_("shared with everybody"), default=False)
    retired_at = models.DateTimeField(null=True, editable=False)

    objects = SavedViewQuerySet.as_manager()

    class Meta:
        ordering: ClassVar[list[str]] = ["name", "id"]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["listing", "owner"], name="view_of_owner", condition=Q(retired_at=None)),
            models.Index(fields=["listing"], name="view_shared", condition=Q(retired_at=None, shared=True)),
        ]

    def __str__(self) -> str:
        return self.name


class PinnedView(models.Model):
    """A view that stands among the tabs of its list for one person."""

    view = models.ForeignKey(SavedView, models.CASCADE, related_name="pins")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["user", "view"], name="pinned_once")
        ]
