"""Relations between companies: partner, supplier, parent, competitor."""

from __future__ import annotations

from typing import Any, ClassVar, Self, cast

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils.translation import get_language, gettext_lazy, pgettext_lazy
from django.utils.translation import gettext as _

from accounts import policy
from accounts.models import User
from accounts.scope import Scoped, ScopedManager, ScopedQuerySet, reach_of
from core.base import Stamped, Versioned
from customers.models.catalogue import CatalogueRow
from customers.models.customer import Customer


class RelationKind(CatalogueRow):
    """How two companies may stand to each other. `name` says what the first is to the second, `back` the other way."""

    class Shape(models.TextChoices):
        MUTUAL = "mutual", gettext_lazy("the same for both, such as partners")
        DIRECTED = "directed", gettext_lazy("a word for each direction, such as supplier and buyer")
        TREE = "tree", gettext_lazy("one above the other, such as parent and subsidiary: never in a circle")

    resource = "catalogue"
    merges = False  # relations would stand twice, or in a circle
    further = ("back_en", "back_zh")
    fixed = ("shape",)

    shape = models.CharField(gettext_lazy("direction"), max_length=8, choices=Shape, default=Shape.MUTUAL)
    back_en = models.CharField(gettext_lazy("the other way round (English)"), max_length=80, blank=True)
    back_zh = models.CharField(gettext_lazy("the other way round (Chinese)"), max_length=80, blank=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=Q(shape="mutual", back_en="", back_zh="")
                | (~Q(shape="mutual") & ~Q(back_en="") & ~Q(back_zh="")),
                name="relation_kind_has_its_words",
            )
        ]

    @property
    def back(self) -> str:
        """What the second is to the first, in the reader's language."""
        if self.shape == self.Shape.MUTUAL:
            return self.name
        return self.back_en if (get_language() or "").startswith("en") else self.back_zh

    def clean(self) -> None:
        """A word for the other direction where it has one."""
        errors = {}
        for name in ("back_en", "back_zh"):
            said = getattr(self, name).strip()
            if self.shape == self.Shape.MUTUAL and said:
                errors[name] = _("Leave it empty: both are the same to each other.")
            elif self.shape != self.Shape.MUTUAL and not said:
                errors[name] = _("Say what it is the other way round, such as subsidiary of a parent.")
        if errors:
            raise ValidationError(errors)


class RelationQuerySet(ScopedQuerySet):
    """A relation is known to who sees both companies, and works on one of them."""

    def _within(self, user: User, scope: str, permission: str, **narrowed: Any) -> Self:
        reach = reach_of(user)
        if scope == policy.ALL and reach.everywhere("customer.view"):
            return self
        worked_on = Customer.objects.for_user(user, permission, own=scope == policy.OWN)
        seen = Customer.objects.for_user(user)
        return self.filter(
            _ends_in(worked_on, "first") | _ends_in(worked_on, "second"),
            _ends_in(seen, "first"),
            _ends_in(seen, "second"),
        )


def _ends_in(customers: ScopedQuerySet, end: str) -> Exists:
    return Exists(customers.filter(pk=OuterRef(end)))


class RelationManager(ScopedManager.from_queryset(RelationQuerySet)):  # type: ignore[misc]
    """Hides those of companies in the recycle bin, and those that have ended."""

    def get_queryset(self) -> RelationQuerySet:
        rows = super().get_queryset().filter(first__deleted_at=None, second__deleted_at=None, ended_at=None)
        return cast("RelationQuerySet", rows)


class Relation(Stamped, Versioned, Scoped):
    """What one company is to another: `first` is the `kind` of `second`."""

    scope_resource: ClassVar[str] = "relation"
    scope_owner: ClassVar[tuple[str, ...]] = (
        *("first__owner", "first__service_owner"),
        *("second__owner", "second__service_owner"),
    )

    first = models.ForeignKey(
        Customer, models.CASCADE, related_name="relations", verbose_name=gettext_lazy("first company")
    )
    second = models.ForeignKey(
        Customer, models.CASCADE, related_name="relations_back", verbose_name=gettext_lazy("second company")
    )
    kind = models.ForeignKey(RelationKind, models.PROTECT, related_name="+", verbose_name=gettext_lazy("kind"))
    since = models.DateField(gettext_lazy("since"), null=True, blank=True)
    note = models.CharField(pgettext_lazy("of a relation", "note"), max_length=300, blank=True)
    ended_at = models.DateTimeField(null=True, editable=False)
    ended_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, editable=False, related_name="+")

    objects = RelationManager()
    all_objects = RelationQuerySet.as_manager()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["kind", "first", "second"], name="related_once", condition=Q(ended_at__isnull=True)
            ),
            models.CheckConstraint(condition=~Q(first=F("second")), name="related_to_another"),
        ]

    def __str__(self) -> str:
        return f"{self.first.name} – {self.second.name}"

    def other(self, customer_id: int) -> Customer:
        """The company at the other end."""
        return self.second if self.first_id == customer_id else self.first

    def word(self, customer_id: int) -> str:
        """What the other one is to this one."""
        return self.kind.name if self.second_id == customer_id else self.kind.back
