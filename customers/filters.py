"""By what the API narrows customers, and what may be asked while rows of the unassigned pool are shown."""

from typing import Any

import django_filters
from django.db.models import Q, QuerySet

from accounts import policy
from accounts.masking import pool_shows
from accounts.rest.filters import IdFilter, MomentFilter, YesNoFilter
from customers.facts import CODES
from customers.masks import reads_everywhere
from customers.models import (
    CATALOGUES,
    Customer,
    Follower,
    Kind,
    Lifecycle,
    Loyalty,
    PriceSensitivity,
    Reason,
    Satisfaction,
    Stage,
    Warn,
)


def _coded(name: str) -> django_filters.ChoiceFilter:
    """By a fact that is a word of a fixed list."""
    return django_filters.ChoiceFilter(method="by_score", choices=[(code, code) for code in CODES[name]])


class CustomerFilter(django_filters.FilterSet):
    owner = IdFilter(field_name="owner")
    team = IdFilter(field_name="team")
    unassigned = YesNoFilter(field_name="owner", lookup_expr="isnull")
    kind = django_filters.ChoiceFilter(choices=Kind.choices)
    stage = django_filters.ChoiceFilter(choices=Stage.choices)
    channel = django_filters.CharFilter(field_name="channel__code")
    industry = django_filters.CharFilter(field_name="industry__code")
    company_size = django_filters.CharFilter(field_name="company_size__code")
    market_standing = django_filters.CharFilter(field_name="market_standing__code")
    income_band = django_filters.CharFilter(method="by_profile")
    decision_style = django_filters.CharFilter(method="by_profile")
    price_sensitivity = django_filters.ChoiceFilter(choices=PriceSensitivity.choices, method="by_profile")
    reason = django_filters.ChoiceFilter(choices=Reason.choices, method="by_profile")
    tag = django_filters.CharFilter(field_name="tags__name")
    number = django_filters.CharFilter()
    tier = django_filters.CharFilter(field_name="facts__tier")
    lifecycle = django_filters.ChoiceFilter(field_name="facts__lifecycle", choices=Lifecycle.choices)
    warning = django_filters.ChoiceFilter(field_name="facts__warning", choices=Warn.choices)
    last_contact_before = MomentFilter(field_name="facts__last_contact_at", lookup_expr="lt")
    last_order_before = django_filters.DateFilter(field_name="facts__last_order_on", lookup_expr="lt")
    updated_after = MomentFilter(field_name="updated_at", lookup_expr="gt")
    followed = YesNoFilter(method="by_reader")
    group5 = _coded("group5")
    segment8 = _coded("segment8")
    frequency_class = _coded("frequency_class")
    amount_class = _coded("amount_class")
    satisfaction = django_filters.ChoiceFilter(method="by_score", choices=Satisfaction.choices)
    loyalty = django_filters.ChoiceFilter(method="by_score", choices=Loyalty.choices)
    health_from = django_filters.NumberFilter(method="by_score", min_value=0, max_value=100)
    health_to = django_filters.NumberFilter(method="by_score", min_value=0, max_value=100)
    potential_from = django_filters.NumberFilter(method="by_score", min_value=0, max_value=100)
    potential_to = django_filters.NumberFilter(method="by_score", min_value=0, max_value=100)
    next_order_from = django_filters.DateFilter(method="by_score")
    next_order_to = django_filters.DateFilter(method="by_score")
    interaction_from = django_filters.NumberFilter(method="by_score", min_value=0, max_value=100)
    interaction_to = django_filters.NumberFilter(method="by_score", min_value=0, max_value=100)

    def by_score(self, rows: QuerySet, name: str, value: Any) -> QuerySet:
        """Those with these points or this class; nobody for who doesn't see scores, or the list would tell them."""
        if not self.request.user.can("score.view"):
            return rows.none()
        score, _sep, end = name.rpartition("_")
        lookup = {"from": "__gte", "to": "__lte"}.get(end)
        if lookup is None:
            return rows.filter(**{f"facts__{name}": value})
        column = {"interaction": "interaction_score", "next_order": "next_order_on"}.get(score, score)
        return rows.filter(**{f"facts__{column}{lookup}": value})

    def by_profile(self, rows: QuerySet, name: str, value: str) -> QuerySet:
        """Whose profile says so; nobody for who doesn't read profiles of everybody in reach."""
        if not reads_everywhere(self.request.user, policy.PROFILE):
            return rows.none()
        if name == "reason":  # among others
            return rows.filter(reasons__contains=[value])
        return rows.filter(**{f"{name}__code" if name in CATALOGUES else name: value})

    def by_reader(self, rows: QuerySet, _name: str, value: bool) -> QuerySet:
        """Those whom the reader follows, or not."""
        mine = Q(pk__in=Follower.objects.filter(user=self.request.user).values("customer"))
        return rows.filter(mine if value else ~mine)


def filters_of_the_pool(filters: type[django_filters.FilterSet]) -> frozenset[str]:
    """Names of the filters that ask only what the pool shows: its visible fields, and whether there is an owner.

    Every door that lists customers (page, API) leaves the pool out as soon as another filter is set: a list for
    "warning: red" would say of each of its rows that there is such a warning.
    """
    names = set()
    for name, asked in filters.base_filters.items():
        shown = pool_shows(Customer, asked.field_name) or (asked.field_name, asked.lookup_expr) == ("owner", "isnull")
        if shown and asked.method is None:  # a method of its own may look at anything
            names.add(name)
    return frozenset(names)
