"""The visits and meetings behind "within 24 h" of the team board, those that were written up late marked."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from urllib.parse import urlencode

from django.db.models import Count, Q, QuerySet
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.filters import named_filter
from accounts.models import User
from accounts.selectors import measured
from core import clock
from customers.columns import customer_cell
from customers.models import Customer, Interaction
from followups.listing import MEASURED
from followups.models import FollowUp
from followups.visits import month_of, never_written_up
from ui import cells, formatting
from ui.listing import Asked, Column, Empty, Listing, choice_filter
from workbench.team import figures

LATE = {
    "no": (gettext_lazy("written up in time"), Q(late=False)),
    "yes": (gettext_lazy("later"), Q(late=True)),
}


@dataclass(frozen=True)
class VisitRow:
    """One entry of the log."""

    entry: Interaction
    customer: Customer

    @property
    def pk(self) -> int:
        return self.entry.pk


def month_asked(asked: Asked) -> date:
    """The month of the board that was open."""
    return month_of(asked.given.get("month", ""), clock.business_date())


def _people(asked: Asked) -> QuerySet[User]:
    people = measured(asked.user, left=True)
    person = asked.values.get("person")
    return people.filter(pk=person) if person else people


def _rows(asked: Asked) -> QuerySet[Interaction]:
    people = measured(asked.user, left=True).values("pk")
    rows = Interaction.objects.for_user(asked.user).filter(figures.ruled_in(month_asked(asked)), user__in=people)
    return rows.select_related("customer", "user").defer("customer__search_tokens")


def _draw(asked: Asked, page: list[Interaction]) -> Iterable[VisitRow]:
    for entry in page:
        yield VisitRow(entry, entry.customer)


# --- what the list comes to ------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class OnTime:
    """The share on the board, and what it is made of; `elsewhere` are visits that the list can't show."""

    visits: int
    on_time: int
    unwritten: int
    unwritten_url: str
    elsewhere: int

    @property
    def whole(self) -> int:
        """Those that were written up, and those that never were."""
        return self.visits + self.unwritten

    @property
    def share(self) -> float | None:
        """One never written up counts as late."""
        return self.on_time / self.whole if self.whole else None


def on_time(asked: Asked) -> OnTime:
    """What the board counts of these people and this month, whatever else narrows the list."""
    month, people = month_asked(asked), list(_people(asked).values_list("pk", flat=True))
    # unscoped: of people whose figures the reader may see
    logged = Interaction.objects.filter(figures.ruled_in(month), user__in=people)
    counted = logged.aggregate(n=Count("pk"), late=Count("pk", filter=Q(late=True)))
    # unscoped: of people whose figures the reader may see
    unwritten = FollowUp.objects.filter(never_written_up(month), assignee__in=people).count()
    whom = {"assignee": asked.values["person"]} if "person" in asked.values else {"people": MEASURED}
    shown = _rows(asked).filter(user__in=people).count()
    return OnTime(
        counted["n"],
        counted["n"] - counted["late"],
        unwritten,
        f"{reverse('follow_up_list')}?{urlencode({'whose': 'team', **whom, 'unwritten': f'{month:%Y-%m}'})}",
        counted["n"] - shown,
    )


# --- cells -----------------------------------------------------------------------------------------------------------
def _written(row: VisitRow) -> SafeString | str:
    """When, and for a late one that it is, and why."""
    entry = row.entry
    at = formatting.moment(entry.captured_at or entry.received_at)
    if not entry.late:
        return at
    reason = format_html('<span class="block tiny muted" data-user>{}</span>', entry.late_reason)
    return format_html("{} {}{}", at, cells.tag(_("late"), "warn"), reason if entry.late_reason else "")


VISITS = Listing(
    permission="dashboard.view",
    rows=_rows,
    draw=_draw,
    caption=gettext_lazy("Visits and meetings, the newest first"),
    css="lines",
    orders={"when": ("occurred_at", "pk"), "written": ("received_at", "pk")},
    first_sort="-when",
    filters=(
        named_filter("person", gettext_lazy("Who"), User.objects, "user", name_in_row=lambda row: row.user.name),
        choice_filter(
            "late",
            gettext_lazy("Written up"),
            lambda: [(code, words) for code, (words, _where) in LATE.items()],
            lambda code: LATE[code][1],
            offered=True,
        ),
    ),
    columns=(
        Column(gettext_lazy("Customer"), lambda row: customer_cell(row.customer)),
        Column(
            gettext_lazy("When"),
            lambda row: formatting.moment(row.entry.occurred_at),
            css="digits",
            sort="when",
            phone="",
        ),
        Column(gettext_lazy("Method"), lambda row: capfirst(row.entry.get_kind_display()), phone=""),
        Column(gettext_lazy("Who"), lambda row: row.entry.user.name, typed=True),
        Column(gettext_lazy("Written up"), _written, css="digits wraps", sort="written"),
    ),
    named=lambda row: row.customer.name,
    empty=lambda asked: Empty(
        _("No visits and meetings here"),
        _("Nobody has logged one that took place in %(month)s.") % {"month": formatting.month(month_asked(asked))},
        reverse("team"),
        _("Team and targets"),
        "users",
    ),
)
