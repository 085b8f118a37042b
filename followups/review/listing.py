"""The review list: customers without a day of their own, to be looked through once in the quarter."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.db.models import Count, QuerySet
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from accounts.filters import named_filter
from accounts.models import User
from core import company
from core.numbers import number
from customers.columns import tiered_customer_cell
from customers.models import Customer
from followups import reasons, selectors
from followups.listing import MINE, TEAM, whose
from followups.models import FollowUp
from segmentation.catalogue import tier_of
from segmentation.wording import DAYS_COUNTED
from ui import cells, formatting
from ui.listing import Asked, Bulk, Column, Empty, Listing, Tab
from ui.templatetags import ui


@dataclass(frozen=True)
class ReviewRow:
    """One customer to look at; `log_url` and `may_change` say what this person may do."""

    plan: FollowUp
    customer: Customer
    tier: Any
    log_url: str
    may_change: bool

    @property
    def pk(self) -> int:
        return self.plan.pk


def _rows(asked: Asked) -> QuerySet[FollowUp]:
    rows = selectors.in_review(asked.user)
    return rows.filter(assignee=asked.user) if whose(asked) == MINE else rows


def _draw(asked: Asked, page: list[FollowUp]) -> Iterable[ReviewRow]:
    may_log, may_change = asked.user.can("interaction.add"), asked.user.can("follow_up.change")
    log, back = reverse("interaction_new"), reverse("review_list")
    for plan in page:
        log_url = f"{log}?{urlencode({'customer': plan.customer_id, 'next': back})}" if may_log else ""
        yield ReviewRow(plan, plan.customer, tier_of(plan.customer), log_url, may_change)


# --- cells -----------------------------------------------------------------------------------------------------------
def _customer(row: ReviewRow) -> SafeString:
    return tiered_customer_cell(row.customer, row.tier)


def _value(row: ReviewRow) -> str:
    worth = row.customer.facts.monetary
    return formatting.money_round(worth, company.currency()) if worth else "–"


def _why(row: ReviewRow) -> SafeString | str:
    why = selectors.why_in_brief(row.plan)
    if not row.plan.purpose:
        return why
    return format_html("{}{}{}", cells.typed(row.plan.purpose), reasons.BETWEEN, why)


def _acts(row: ReviewRow) -> SafeString:
    name, log, menu = row.customer.name, SafeString(), SafeString()
    if row.log_url:
        link = '<a class="button small" href="{0}" data-action="log" aria-label="{1} {2}">{1}</a> '
        log = format_html(link, row.log_url, pgettext("verb", "Log"), name)
    if row.may_change:
        url = cells.row_url("follow_up_edit", row.pk)
        menu = cells.row_menu(url, row.pk, _("More for %(name)s") % {"name": name}, _("Plan a day"), "calendar-clock")
    return log + menu


# --- the listing -----------------------------------------------------------------------------------------------------
NOW, LATER = "now", "later"


def _counts(asked: Asked, rows: QuerySet[FollowUp]) -> dict[str, int]:
    now = selectors.this_quarter(asked.today)
    return rows.aggregate(**{NOW: Count("pk", filter=now), LATER: Count("pk", filter=~now)})


def _empty(asked: Asked) -> Empty:
    if asked.tab.key == LATER:
        text = _("Who was looked at or contacted this quarter comes back here in the next one.")
        return Empty(_("Nothing for the next quarter yet"), text, asked.query(when=NOW), _("This quarter"), "eye")
    text = _("Lines of the default plans that say so put their customers here, instead of on a day of their own.")
    return Empty(
        _("Nobody left to look through this quarter"), text, reverse("plan_settings"), _("Default plans"), "eye"
    )


def _bulk(asked: Asked) -> list[Bulk]:
    if not asked.user.can("follow_up.change") or asked.tab.key != NOW:
        return []
    return [
        Bulk(_("Looked at"), reverse("reviews_look"), "check", whole=True),
        Bulk(_("Plan a day"), f"{reverse('follow_ups_move')}?list=review", "calendar-plus", whole=True),
        Bulk(_("Next quarter"), reverse("reviews_skip"), "calendar-clock", whole=True),
    ]


REVIEWS = Listing(
    permission="follow_up.view",
    rows=_rows,
    draw=_draw,
    caption=gettext_lazy("Review list"),
    orders={
        "value": ("customer__facts__monetary", "pk"),
        "last": ("customer__facts__last_contact_at", "pk"),
    },
    first_sort="-value",
    tabs=(
        Tab(NOW, gettext_lazy("This quarter"), lambda asked: selectors.this_quarter(asked.today)),
        Tab(LATER, gettext_lazy("Next quarter"), lambda asked: ~selectors.this_quarter(asked.today)),
    ),
    tab_parameter="when",
    tab_counts=_counts,
    filters=(
        named_filter(
            "assignee", gettext_lazy("Who"), User.objects, "assignee", name_in_row=lambda row: row.assignee.name
        ),
    ),
    columns=(
        Column(gettext_lazy("Customer"), _customer),
        Column(DAYS_COUNTED, _value, css="number", sort="value", phone=""),
        Column(
            gettext_lazy("Last activity"),
            lambda row: ui.since(row.customer.facts.last_contact_at, number("silent_days")),
            sort="last",
        ),
        Column(gettext_lazy("Why"), _why, css="wraps full", phone=""),
        Column(
            gettext_lazy("Who"),
            lambda row: row.plan.assignee.name,
            typed=True,
            shown=lambda asked: whose(asked) == TEAM,
        ),
        Column(gettext_lazy("Actions"), _acts, css="number acts", spoken=True),
    ),
    bulk=_bulk,
    named=lambda row: row.customer.name,
    empty=_empty,
    css="lines reviews",
)
