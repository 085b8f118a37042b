"""How good files were at the end of each month, and who has looked at it."""

from __future__ import annotations

from typing import Any, ClassVar, Self

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts import policy
from accounts.models import Team, User
from accounts.scope import Scoped, ScopedQuerySet
from core.base import Versioned


class QualitySum(models.Model):
    """What the files of one owner came to when a month ended: the trend of the board of data quality. Figures of today
    are counted when somebody looks; these are kept as they were. Without owner: the pool.

    No scope of its own: read by whose files they count (`reach_of(user).whose`).
    """

    month = models.DateField()  # its first day
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, null=True, related_name="+")
    team = models.ForeignKey(Team, models.SET_NULL, null=True, related_name="+")  # the owner's, as it was then
    files = models.PositiveIntegerField()
    complete = models.PositiveIntegerField()
    percents = models.PositiveBigIntegerField()  # of all files, added up
    stale = models.PositiveIntegerField()
    phones = models.PositiveIntegerField()
    mails = models.PositiveIntegerField()
    visits = models.PositiveIntegerField()
    late = models.PositiveIntegerField()
    lacks = models.JSONField(default=dict)  # by field

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["month", "owner"], nulls_distinct=False, name="quality_once_a_month")
        ]


class SheetQuerySet(ScopedQuerySet):
    """Scope own and team: sheets of one's own team and those below it."""

    def _within(self, user: User, scope: str, permission: str, **narrowed: Any) -> Self:
        if scope == policy.ALL:
            return self
        if user.team is None or scope == policy.OWN:
            return self.none()
        team = user.team
        return self.filter(team__path__startswith=team.path) if team.path else self.filter(team=team)


class ReviewSheet(Versioned, Scoped):
    """What the files of a team came to in a month, for its supervisor to look at and to sign. The figures stay as they
    were; without `signed_at` it is open."""

    scope_resource: ClassVar[str] = "review"
    scope_owner: ClassVar[tuple[str, ...]] = ()

    month = models.DateField(_("month"))  # its first day
    team = models.ForeignKey(Team, models.CASCADE, related_name="+", verbose_name=_("team"))
    figures = models.JSONField()  # customers/reviews/sheet.py
    note = models.TextField(_("note"), max_length=1000, blank=True, default="")
    signed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    signed_at = models.DateTimeField(null=True)

    objects = SheetQuerySet.as_manager()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["month", "team"], name="review_once_a_month")
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["team", "-month"], name="review_open", condition=models.Q(signed_at=None))
        ]
