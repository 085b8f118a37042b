"""What narrows the customer list: the filters of the FilterSet and the figure of a dashboard, with their chips."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from functools import cached_property
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts import policy
from customers import masks
from customers.completeness import asked_of_everybody
from customers.models import Customer, Lifecycle, OwnerChange, Warn
from customers.own import filters as own_filters
from segmentation import catalogue, further
from segmentation.segments.inaddress import PARAMETER, narrowed_by
from segmentation.segments.narrowing import narrowed
from ui import formatting
from ui.listing import Asked, Chip, Offer, Words
from workbench.customer_list import drilldown, own
from workbench.customer_list.filters import COMPLETE, PROFILES, SCORES, SILENT_DAYS, UNRATED, CustomerFilter


class Narrowing:
    """The filters that one address sets, of these names only where `only` says which may be asked."""

    def __init__(self, asked: Asked, only: frozenset[str] | None = None) -> None:
        self.asked = asked
        self.only = only
        names = CustomerFilter.base_filters
        self.filters = any(name in names or name.startswith(own_filters.PREFIX) for name in asked.given)
        figure = {name: str(asked.given[name]) for name in drilldown.PARAMETERS if name in asked.given}
        self.drill = drilldown.drill(asked.user, figure) if figure else None
        text = asked.given.get("segment", "")
        self.segment = narrowed(asked.user, text) if text and only is None else None
        conditions = asked.given.get(PARAMETER, "")
        self.conditions = narrowed_by(asked.user, conditions) if conditions and only is None else None

    @cached_property
    def filter(self) -> CustomerFilter:
        """The FilterSet; two dozen filters aren't made for an address that names none."""
        found = CustomerFilter(self.asked.given, queryset=Customer.objects.none(), request=self.asked.request)
        if not self.asked.user.can("score.view"):
            for name in SCORES:  # a list of those with few points would tell the points
                del found.filters[name]
        if not masks.reads_everywhere(self.asked.user, policy.PROFILE):
            for name in PROFILES:
                del found.filters[name]
        if not asked_of_everybody(self.asked.user):
            del found.filters[COMPLETE]
        for name, one in own_filters.offered(self.asked.user).items():
            one.parent, one.model, one.field_name = found, Customer, name
            found.filters[name] = one
        return found

    @property
    def own(self) -> list[Any]:
        """The controls of own fields on the page of all filters."""
        form = self.filter.form
        return [form[name] for name in form.fields if name.startswith(own_filters.PREFIX)]

    @property
    def scored(self) -> bool:
        """Whether scores may be asked for: not of the pool, and not by who doesn't see them."""
        return self.only is None and self.asked.user.can("score.view")

    def narrow(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        """The customers behind the figure and of the segment, and of them those that meet the filters."""
        rows = rows.filter(self.drill.where) if self.drill else rows
        rows = rows.filter(self.segment.where) if self.segment else rows
        rows = rows.filter(self.conditions.where) if self.conditions else rows
        return self.filter.narrowed(rows, self.only) if self.filters else rows

    def chips(self) -> list[Chip]:
        """The figure and the filters in force."""
        query, found = self.asked.query, []
        if self.drill:
            found.append(Chip(_("Figure"), self.drill.label, query(**dict.fromkeys(drilldown.PARAMETERS))))
        if self.segment:
            found.append(Chip(_("Segment"), self.segment.words, query(segment=None)))
        if self.conditions:
            told, secret = self.conditions.words, self.conditions.confidential
            found.append(Chip(_("Conditions"), told, query(**{PARAMETER: None}), confidential=secret))
        if self.filters:
            few = own.read_by_few() | PROFILES
            found += [
                Chip(
                    str(self.filter.filters[name].label),
                    self._words(name, value),
                    query(**{name: None}),
                    confidential=name in few or (name == "own" and f"{own_filters.PREFIX}{value}" in few),
                )
                for name, value in self.filter.valid.items()
            ]
        return found

    @property
    def adds_up(self) -> bool:
        """Whether the figure added up sales: the rows show what it counted of each customer."""
        return self.drill is not None and self.drill.sums is not None

    @property
    def gone(self) -> str:
        """How many customers of the figure are no longer the reader's; nothing where the list is narrowed further."""
        if self.drill is None or self.asked.q or self.asked.tab.key != "all":
            return ""
        if not set(self.asked.given) & set(CustomerFilter.base_filters) <= drilldown.FILTERS:
            return ""
        figure = self.drill.figure

        def counted(rows: QuerySet[Customer]) -> QuerySet[Customer]:
            rows = rows.filter(figure)
            return self.filter.narrowed(rows, self.only) if self.filters else rows

        return self.drill.whose.words(self.drill.whose.count_gone(counted))

    def _words(self, name: str, value: Any) -> str:
        """The value as its choice is called."""
        if name == "silent":
            return _silence(int(value))
        if name == "handover":
            done = OwnerChange.objects.filter(handover=value).select_related("by").order_by("pk").first()
            return f"{formatting.moment(done.at)} · {done.by.name if done.by else _('unknown')}" if done else "—"
        if name == "first_bought":
            return formatting.month(date.fromisoformat(f"{value}-01"))
        if isinstance(value, date):
            return formatting.day(value)
        field = self.filter.form.fields[name]
        names = dict(getattr(field, "choices", ())) if not hasattr(field, "queryset") else {}
        values = value if isinstance(value, list) else [value]
        return ", ".join(str(names.get(item, item)) for item in values)

    def offers(self) -> list[tuple[Words, list[Offer]]]:
        """Filters that one tap sets, by heading."""
        return [
            (_("Tier"), self._offers("tier", [*catalogue.choices(), (UNRATED, _("unrated"))])),
            (_("Lifecycle"), self._offers("lifecycle", Lifecycle.choices)),
            (_("Churn warning"), self._offers("warning", Warn.choices[1:])),
            *([(_("Health"), self._offers("health", further.BANDS.items()))] if self.scored else []),
            *([(_("Potential"), self._offers("potential", further.BANDS.items()))] if self.scored else []),
            (_("No activity"), self._offers("silent", [(str(days), _silence(days)) for days in SILENT_DAYS])),
        ]

    def _offers(self, name: str, values: Iterable[tuple[str, Any]]) -> list[Offer]:
        now = self.asked.given.getlist(name)
        return [
            Offer(str(label), self.asked.query(**{name: None if value in now else value}), value in now)
            for value, label in values
        ]

    def ignored(self) -> list[str]:
        """What can't be read: filters by their labels, and a figure of a run that isn't there."""
        unknown_run = [_("Figure")] if self.asked.given.get("run") and not self.drill else []
        of_segments = {"segment": _("Segment"), PARAMETER: _("Conditions")}
        unread = [label for name, label in of_segments.items() if self.asked.given.get(name)]
        not_here = unread if self.only is not None else []
        return [*(self.filter.ignored if self.filters else ()), *unknown_run, *not_here]


def _silence(days: int) -> str:
    return ngettext("over %(n)s day", "over %(n)s days", days) % {"n": days}
