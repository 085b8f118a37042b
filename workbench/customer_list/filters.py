"""What the customer list can be narrowed by; every filter stands in the address."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from functools import cached_property, reduce
from operator import or_
from typing import Any
from uuid import UUID

import django_filters as filters
from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.http import Request
from accounts.models import User
from core import clock
from customers import birthdays, selectors
from customers.completeness import BANDS, within
from customers.models import (
    UNRATED,
    CompanySize,
    Customer,
    DecisionStyle,
    IncomeBand,
    Industry,
    Kind,
    Lifecycle,
    MarketStanding,
    OwnerChange,
    PriceSensitivity,
    Reason,
    Stage,
    Warn,
    own_fields,
)
from customers.own.values import reads_everywhere
from customers.relations import reading as relations
from intake.models import ImportJob
from intake.selectors import imports_of
from segmentation import catalogue, classes, further, standing
from segmentation.buying.selectors import expected_before_today, expected_within
from ui.forms import ByPinyin

SILENT_DAYS = (30, 60, 90)
COMPLETE = "complete"  # the filter, order and column of completeness


def _tier_choices() -> list[tuple[str, str]]:
    return [*catalogue.every_choice(), (UNRATED, str(_("unrated")))]


def _colleagues(request: Request) -> QuerySet:
    return selectors.known_colleagues(request.user)


class _OwnerField(filters.fields.ModelChoiceField):
    iterator = ByPinyin

    def label_from_instance(self, obj: User) -> str:
        return selectors.name_of(obj)


class _OwnerFilter(filters.ModelChoiceFilter):
    field_class = _OwnerField


def _own_choices() -> list[tuple[str, str]]:
    return [(field.code, field.name) for field in own_fields()]


def _a_month(text: str) -> None:
    try:
        date.fromisoformat(f"{text}-01")
    except ValueError:
        raise ValidationError(_("Enter a month such as 2026-11.")) from None


def _score(label: Any, name: str) -> filters.NumberFilter:
    return filters.NumberFilter(f"facts__{name}", label=label, min_value=1, max_value=5)


# By the day on which the next purchase is expected.
EXPECTED = {
    "late": _("expected before today"),
    "7": _("expected within 7 days"),
    "30": _("expected within 30 days"),
}
NO_DATA = "unknown"  # as the value of a filter; the facts hold nothing
# What only who may view scores can narrow by.
SCORES = frozenset(
    {
        *("r", "f", "m", "health", "potential", "interaction", "qualification"),
        *("satisfaction", "loyalty", "group5", "frequency_class", "amount_class"),
        "expected",
    }
)


# What only who reads profiles of everybody in reach can narrow by.
PROFILES = frozenset({"income_band", "decision_style", "price_sensitivity", "reason"})


class _ScoreFilter(filters.MultipleChoiceFilter):
    """By words of a fact, or by bands of a score; "no data yet" is one of them."""

    def __init__(self, name: str, label: Any, words: Mapping[str, Any], *, banded: bool = False) -> None:
        self.path, self.banded = f"facts__{name}", banded
        super().__init__(self.path, label=label, choices=[*words.items(), (NO_DATA, _("no data yet"))])

    def filter(self, rows: QuerySet, codes: list[str]) -> QuerySet:
        """Any of them."""
        where = [self._where(code) for code in codes]
        return rows.filter(reduce(or_, where)) if where else rows

    def _where(self, code: str) -> Q:
        if not self.banded:
            return Q(**{self.path: "" if code == NO_DATA else code})
        if code == NO_DATA:
            return Q(**{f"{self.path}__isnull": True})
        return Q(**{f"{self.path}__range": standing.BANDS[code]})


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
    industry = filters.ModelChoiceFilter(
        "industry", label=_("Industry"), queryset=lambda request: selectors.known_entries(Industry)
    )
    company_size = filters.ModelChoiceFilter(
        "company_size", label=_("Company size"), queryset=lambda request: selectors.known_entries(CompanySize)
    )
    market_standing = filters.ModelChoiceFilter(
        "market_standing", label=_("Market standing"), queryset=lambda request: selectors.known_entries(MarketStanding)
    )
    income_band = filters.ModelChoiceFilter(
        "income_band", label=_("Income band"), queryset=lambda request: selectors.known_entries(IncomeBand)
    )
    decision_style = filters.ModelChoiceFilter(
        "decision_style", label=_("Decision style"), queryset=lambda request: selectors.known_entries(DecisionStyle)
    )
    price_sensitivity = filters.ChoiceFilter(
        "price_sensitivity", label=_("Price sensitivity"), choices=PriceSensitivity.choices
    )
    reason = filters.ChoiceFilter(label=_("What decides a purchase"), choices=Reason.choices, method="filter_reason")
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
    first_bought = filters.CharFilter(
        label=_("First order in"), max_length=7, validators=[_a_month], method="filter_first_bought"
    )
    birthday = filters.ChoiceFilter(
        label=_("Birthday or founding day"), choices=[("week", _("within 7 days"))], method="filter_birthday"
    )
    r = _score(_("Recency (R)"), "r")
    f = _score(_("Frequency (F)"), "f")
    m = _score(_("Monetary value (M)"), "m")
    qualification = filters.NumberFilter(
        "facts__qualification", "gte", label=_("BANT / FAINT from"), min_value=0, max_value=100, decimal_places=0
    )

    health = _ScoreFilter("health", _("Health"), further.BANDS, banded=True)
    potential = _ScoreFilter("potential", _("Potential"), further.BANDS, banded=True)
    interaction = _ScoreFilter("interaction_score", _("Interaction"), further.BANDS, banded=True)
    satisfaction = _ScoreFilter("satisfaction", _("Satisfaction"), further.SATISFACTION_WORDS)
    loyalty = _ScoreFilter("loyalty", _("Loyalty"), further.LOYALTY_WORDS)
    group5 = _ScoreFilter("group5", _("Group"), classes.GROUP5)
    frequency_class = _ScoreFilter("frequency_class", _("Frequency"), classes.FREQUENCY)
    amount_class = _ScoreFilter("amount_class", _("Amount"), classes.AMOUNT)

    relation = filters.ChoiceFilter(label=_("Is to others"), choices=relations.known, method="filter_relation")
    related = filters.ModelChoiceFilter(
        label=_("In relation to"),
        queryset=lambda request: selectors.customers_for(request.user),
        method="filter_related",
    )

    complete = filters.ChoiceFilter(
        label=_("Completeness"), choices=[(key, words) for key, (words, *_b) in BANDS.items()], method="filter_complete"
    )

    own = filters.ChoiceFilter(label=_("Own field filled in"), choices=_own_choices, method="filter_own")

    expected = filters.ChoiceFilter(label=_("Next purchase"), choices=list(EXPECTED.items()), method="filter_expected")

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

    def filter_reason(self, rows: QuerySet, name: str, value: str) -> QuerySet:
        """Whose purchases this decides, among others."""
        return rows.filter(reasons__contains=[value])

    def filter_first_bought(self, rows: QuerySet, name: str, value: str) -> QuerySet:
        """The new customers of a month, as targets count them."""
        month = date.fromisoformat(f"{value}-01")
        after = clock.next_month(month)
        return rows.filter(facts__first_order_on__gte=month, facts__first_order_on__lt=after)

    def filter_relation(self, rows: QuerySet, name: str, value: str) -> QuerySet:
        """Those that are a supplier, a partner ... of another company, as far as the reader sees both."""
        return rows.filter(relations.companies_that_are(self.request.user, value))

    def filter_related(self, rows: QuerySet, name: str, value: Customer) -> QuerySet:
        """The other companies of its relations."""
        return rows.filter(relations.related_to(self.request.user, value))

    def filter_orphan(self, rows: QuerySet, name: str, value: str) -> QuerySet:
        return rows.filter(owner__is_active=False)

    def filter_own(self, rows: QuerySet, name: str, value: str) -> QuerySet:
        """Those whose file holds something of it; nobody for who may not read it, or the list would tell."""
        field = next(field for field in own_fields() if field.code == value)
        return rows.filter(own__has_key=value) if reads_everywhere(self.request.user, field) else rows.none()

    def filter_complete(self, rows: QuerySet, name: str, value: str) -> QuerySet:
        """By how much of what the company asks for the file holds."""
        _words, low, high = BANDS[value]
        return within(rows, low, high)

    def filter_expected(self, rows: QuerySet, name: str, value: str) -> QuerySet:
        """By the day on which the next purchase is expected."""
        return rows.filter(expected_before_today() if value == "late" else expected_within(int(value)))

    def filter_birthday(self, rows: QuerySet, name: str, value: str) -> QuerySet:
        return rows.filter(birthdays.within(clock.user_today(self.request.user), birthdays.A_WEEK))

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
