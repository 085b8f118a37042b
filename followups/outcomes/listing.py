"""The activities behind a figure of the effect page: what each led to."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import urlencode

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext_lazy

from accounts.filters import named_filter, team_filter
from accounts.models import Team, User
from core.company import currency
from core.http import row_id
from customers.columns import customer_cell
from customers.models import UNRATED, Customer
from followups.models import FollowUp, Outcome
from followups.months import Months, months_of
from followups.outcomes import figures
from segmentation import catalogue
from segmentation.models import Tier
from ui import cells, formatting
from ui.listing import Asked, Column, Empty, Filter, Listing, Words, choice_filter

NONE = "none"  # in an address: nothing was planned, no template was used


@dataclass(frozen=True)
class ActivityRow:
    """One activity with what came of it."""

    outcome: Outcome
    customer: Customer
    tier: Tier | None
    result: str

    @property
    def pk(self) -> int:
        return self.outcome.pk


def _months(asked: Asked) -> Months:
    return months_of(asked.given.get("month", ""), asked.today)


def _team(asked: Asked) -> Team | None:
    return asked.values.get("team")


def _rows(asked: Asked) -> QuerySet[Outcome]:
    people = figures.people_of(asked.user, _team(asked))
    rows = figures.outcomes(asked.user, people, _months(asked))
    return rows.select_related("customer", "user", "interaction").defer("customer__search_tokens")


def _draw(asked: Asked, page: list[Outcome]) -> Iterable[ActivityRow]:
    tiers = catalogue.catalogue()
    for outcome in page:
        tier = tiers.get((outcome.tier_scheme, outcome.tier))
        yield ActivityRow(outcome, outcome.customer, tier, outcome.interaction.get_result_display())


# --- cells -----------------------------------------------------------------------------------------------------------
def _customer(row: ActivityRow) -> SafeString:
    return customer_cell(row.customer)


def _sold(row: ActivityRow) -> SafeString | str:
    """What the orders that followed came to, with the way to them."""
    outcome = row.outcome
    if not outcome.orders:
        return formatting.DASH
    orders = ngettext("%(n)s order", "%(n)s orders", outcome.orders) % {"n": outcome.orders}
    link = '<a class="ink" href="{}">{}</a> <span class="small muted">{}</span>'
    href = f"{reverse('order_list')}?{urlencode({'customer': outcome.customer_id, 'since': outcome.day.isoformat()})}"
    return format_html(link, href, formatting.money(outcome.sold, currency()), orders)


def _what(row: ActivityRow) -> str:
    return capfirst(f"{row.outcome.get_method_display()} · {row.result}")


def _planned_by(row: ActivityRow) -> str:
    return capfirst(row.outcome.get_source_display() or _("not planned"))


# --- filters ---------------------------------------------------------------------------------------------------------
def _yes(key: str, words: Words, where: Q) -> Filter:
    """Asked for by `?key=1`."""
    return Filter(
        key,
        gettext_lazy("What came of it"),
        read=lambda asked, text: True if text == "1" else None,
        where=lambda asked, _true: where,
        words=lambda asked, _true: words,
    )


ACTIVITIES = Listing(
    permission="dashboard.view",
    rows=_rows,
    draw=_draw,
    caption=gettext_lazy("Activities and what they led to"),
    css="lines outcomes",
    orders={"day": ("day", "interaction_id"), "sold": ("sold", "day", "interaction_id")},
    first_sort="-day",
    filters=(
        team_filter(""),
        named_filter("person", gettext_lazy("Who"), User.objects, "user", name_in_row=lambda row: row.user.name),
        choice_filter("method", gettext_lazy("Method"), lambda: figures.DIMENSIONS["method"].words().items()),
        choice_filter("stage", gettext_lazy("Stage"), lambda: figures.DIMENSIONS["stage"].words().items()),
        choice_filter(
            "tier",
            gettext_lazy("Tier"),
            lambda: [*catalogue.every_choice(), (UNRATED, gettext_lazy("unrated"))],
        ),
        choice_filter(
            "source",
            gettext_lazy("Planned by"),
            lambda: [*FollowUp.Source.choices, (NONE, gettext_lazy("not planned"))],
            lambda code: Q(source="" if code == NONE else code),
        ),
        Filter(
            "template",
            gettext_lazy("Template"),
            read=lambda asked, text: text if text == NONE or row_id(text) is not None else None,
            where=lambda asked, text: Q(template=None) if text == NONE else Q(template=row_id(text)),
            words=lambda asked, text: figures.templates().get(row_id(text) or 0, _("no template")),
        ),
        _yes("answered", pgettext_lazy("of an activity", "answered"), Q(answered=True)),
        _yes("followed", gettext_lazy("an order followed"), Q(orders__gt=0)),
    ),
    columns=(
        Column(gettext_lazy("Customer"), _customer),
        Column(gettext_lazy("When"), lambda row: formatting.day_short(row.outcome.day), sort="day", phone=""),
        Column(gettext_lazy("Who"), lambda row: row.outcome.user.name, typed=True),
        Column(gettext_lazy("Activity"), _what, css="wraps", phone=""),
        Column(gettext_lazy("Orders in 30 days"), _sold, css="number", sort="sold"),
        Column(gettext_lazy("Stage then"), lambda row: capfirst(row.outcome.get_stage_display())),
        Column(gettext_lazy("Tier then"), lambda row: cells.tier(row.tier)),
        Column(gettext_lazy("Planned by"), _planned_by),
    ),
    named=lambda row: row.customer.name,
    empty=lambda asked: Empty(
        _("No activities here"),
        _("No activity of %(months)s that the night has counted meets these filters.")
        % {"months": _months(asked).words},
        reverse("effect"),
        _("Follow-up effect"),
        "activity",
    ),
)
