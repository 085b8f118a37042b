"""By what the API narrows customers, and what may be asked while rows of the unassigned pool are shown."""

import django_filters

from accounts.masking import pool_shows
from accounts.rest.filters import IdFilter, MomentFilter, YesNoFilter
from customers.models import Customer, Kind, Lifecycle, Stage, Warn


class CustomerFilter(django_filters.FilterSet):
    owner = IdFilter(field_name="owner")
    team = IdFilter(field_name="team")
    unassigned = YesNoFilter(field_name="owner", lookup_expr="isnull")
    kind = django_filters.ChoiceFilter(choices=Kind.choices)
    stage = django_filters.ChoiceFilter(choices=Stage.choices)
    channel = django_filters.CharFilter(field_name="channel__code")
    tag = django_filters.CharFilter(field_name="tags__name")
    number = django_filters.CharFilter()
    tier = django_filters.CharFilter(field_name="facts__tier")
    lifecycle = django_filters.ChoiceFilter(field_name="facts__lifecycle", choices=Lifecycle.choices)
    warning = django_filters.ChoiceFilter(field_name="facts__warning", choices=Warn.choices)
    last_contact_before = MomentFilter(field_name="facts__last_contact_at", lookup_expr="lt")
    last_order_before = django_filters.DateFilter(field_name="facts__last_order_on", lookup_expr="lt")
    updated_after = MomentFilter(field_name="updated_at", lookup_expr="gt")


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
