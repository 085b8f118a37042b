"""What the customer list can be narrowed by; every filter stands in the address."""

from __future__ import annotations

from datetime import timedelta
from functools import cached_property
from typing import Any
from uuid import UUID

import django_filters as filters
from django import forms
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.http import Request
from core import clock
from customers import selectors
from customers.models import UNRATED, Customer, Kind, Lifecycle, OwnerChange, Stage, Warn
from intake.models import ImportJob
from intake.selectors import imports_of
from segmentation import catalogue
from ui.forms import ByPinyin

SILENT_DAYS = (30, 60, 90)


def _tier_choices() -> list[tuple[str, str]]:
    return [*catalogue.every_choice(), (UNRATED, str(_("unrated")))]


def _colleagues(request: Request) -> QuerySet:
    return selectors.colleagues(request.user)


class _OwnerField(filters.fields.ModelChoiceField):
    iterator = ByPinyin


class _OwnerFilter(filters.ModelChoiceFilter):
    field_class = _OwnerField


def _score(label: Any, name: str) -> filters.NumberFilter:
    return filters.NumberFilter(f"facts__{name}", label=label, min_value=1, max_value=5)


class CustomerFilter(filters.FilterSet):
    """Filters over customer and facts. A value that can't be read is left out and named in `ignored`."""

    tier = filters.MultipleChoiceFilter("facts__tier", label=_("Tier"), choices=_tier_choices)
    lifecycle = filters.MultipleChoiceFilter("facts__lifecycle", label=_("Lifecycle"), choices=Lifecycle.choices)
    warning = filters.MultipleChoiceFilter("facts__warning", label=_("Churn warning"), choices=Warn.choices[1:])
    kind = filters.ChoiceFilter("kind", label=_("Kind"), choices=Kind.choices)
    stage = filters.ChoiceFilter("stage", label=_("Stage"), choices=Stage.choices)
    owner = _OwnerFilter("owner", label=_("Owner"), queryset=_colleagues)
    orphan = filters.ChoiceFilter(
        label=_("Owner who left"), choices=[("yes", _("no longer works here"))], method="filter_orphan"
    )
    channel = filters.ModelChoiceFilter(
        "channel", label=_("Channel"), queryset=lambda request: selectors.known_channels()
    )
    tag = filters.ModelChoiceFilter("tags", label=_("Tag"), queryset=lambda request: selectors.known_tags())
    region = filters.CharFilter("region", label=_("Region"), lookup_expr="istartswith", max_length=80)
    silent = filters.NumberFilter(
        label=_("No activity for days"), method="filter_silent", min_value=1, max_value=3650, decimal_places=0
    )
    bought_after = filters.DateFilter(
        "facts__last_order_on", "gte", label=_("Last order since"), widget=forms.DateInput({"type": "date"})
    )
    bought_before = filters.DateFilter(
        "facts__last_order_on", "lte", label=_("Last order until"), widget=forms.DateInput({"type": "date"})
    )
    r = _score(_("Recency (R)"), "r")
    f = _score(_("Frequency (F)"), "f")
    m = _score(_("Monetary value (M)"), "m")

    brought = filters.ChoiceFilter(
        label=_("By this import"), choices=[("new", _("made new")), ("changed", _("changed"))], method="filter_brought"
    )

    handover = filters.UUIDFilter(label=_("Handed over"), method="filter_handover")

    class Meta:
        model = Customer
        fields = ()

    def filter_handover(self, rows: QuerySet, name: str, value: UUID) -> QuerySet:
        """Those that changed hands together, in one act."""
        return rows.filter(pk__in=OwnerChange.objects.filter(handover=value).values("customer_id"))

    def filter_import(self, rows: QuerySet, name: str, job: ImportJob) -> QuerySet:
        """Whom the import made or changed; with `brought` only the ones or the others."""
        brought = job.customers.all()
        if self.valid.get("brought"):
            brought = brought.filter(made=self.valid["brought"] == "new")
        return rows.filter(pk__in=brought.values("customer_id"))

    def filter_brought(self, rows: QuerySet, name: str, value: str) -> QuerySet:
        """A closer word to `import`, nothing on its own."""
        return rows

    def filter_orphan(self, rows: QuerySet, name: str, value: str) -> QuerySet:
        return rows.filter(owner__is_active=False)

    def filter_silent(self, rows: QuerySet, name: str, days: Any) -> QuerySet:
        before = clock.now() - timedelta(days=int(days))
        return rows.filter(Q(facts__last_contact_at__lt=before) | Q(facts__last_contact_at=None))

    @cached_property
    def valid(self) -> dict[str, Any]:
        """name -> value of the filters that are set and can be read."""
        self.form.is_valid()
        return {name: value for name, value in self.form.cleaned_data.items() if value not in (None, "", [])}

    @property
    def ignored(self) -> list[str]:
        """Labels of the filters whose value can't be read."""
        self.form.is_valid()
        return [str(self.filters[name].label) for name in self.form.errors if name in self.filters]

    def narrowed(self, rows: QuerySet, only: frozenset[str] | None = None) -> QuerySet:
        """The rows that meet all filters that can be read (of these names only)."""
        for name, value in self.valid.items():
            if only is None or name in only:
                rows = self.filters[name].filter(rows, value)
        return rows


# The address says ?import=12, which can't stand in a class body.
CustomerFilter.base_filters["import"] = filters.ModelChoiceFilter(
    label=_("Import"), queryset=lambda request: imports_of(request.user), method="filter_import"
)
