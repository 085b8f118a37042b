"""The files that are to be verified, whose turn is longest ago first."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Q, QuerySet
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.scope import reach_of
from core import clock
from customers.columns import customer_cell
from customers.listing import WHOSE_FILES
from customers.models import NEVER, Customer, facts_of
from customers.verification import selectors
from customers.verification.rule import due_on, verification_rules
from ui import cells, formatting
from ui.listing import Asked, Column, Empty, Listing, Tab

MINE, STEWARD, ALL = "mine", "steward", "all"


@dataclass(frozen=True)
class DueRow:
    """A file, when it was verified and since when that is due again; `url` is empty for who may not verify it."""

    customer: Customer
    verified: str
    since: str
    url: str

    @property
    def pk(self) -> int:
        return self.customer.pk


def _tabs(asked: Asked) -> tuple[Tab, ...]:
    """Those whom one looks after for others only where there are any."""
    tabs = [Tab(MINE, gettext_lazy("My customers"))]
    if selectors.stewarded(asked.user) is not None:
        tabs.append(Tab(STEWARD, gettext_lazy("As data steward")))
    if reach_of(asked.user).beyond_own("customer.view"):
        tabs.append(Tab(ALL, gettext_lazy("All")))
    return tuple(tabs)


def _rows(asked: Asked) -> QuerySet[Customer]:
    action = "change" if asked.tab.key == STEWARD else "view"
    rows = selectors.files_to_verify(asked.user, action, own=asked.tab.key == MINE)
    if asked.tab.key == STEWARD:
        rows = rows.filter(selectors.stewarded(asked.user) or Q()).exclude(owner=asked.user)
    return rows.select_related("owner", "facts")


def _draw(asked: Asked, page: list[Customer]) -> Iterable[DueRow]:
    rules, reach = verification_rules(), reach_of(asked.user)
    for customer in page:
        verified = facts_of(customer).verified_on
        known = verified != NEVER
        since = due_on(rules, verified if known else clock.business_date(customer.created_at))
        yield DueRow(
            customer,
            formatting.day_short(verified) if known else "",
            formatting.day_short(since),
            cells.row_url("verification", customer.pk) if reach.holds(customer, "customer.change") else "",
        )


def _verified(row: DueRow) -> SafeString | str:
    return row.verified or cells.tag(_("never"), "warn")


def _act(row: DueRow) -> SafeString:
    if not row.url:
        return SafeString()
    button = '<div class="row end"><a class="button small" href="{}" data-icon="check">{}</a></div>'
    return format_html(button, row.url, _("Verify"))


def _named(row: DueRow) -> str:
    return row.customer.name


DUE = Listing(
    permission="customer.view",
    rows=_rows,
    draw=_draw,
    caption=gettext_lazy("Files to verify, those that wait longest first"),
    orders={
        "due": ("facts__verified_on", "facts__pk"),
        "tier": ("facts__tier_rank", "facts__pk"),
        "name": ("name_sort", "pk"),
    },
    more_sorts={"tier": gettext_lazy("Best tier first")},
    tabs=_tabs,
    filters=WHOSE_FILES,
    columns=(
        Column(gettext_lazy("Customer"), lambda row: customer_cell(row.customer), sort="name"),
        Column(gettext_lazy("Owner"), lambda row: cells.person(row.customer.owner and row.customer.owner.name)),
        Column(gettext_lazy("Verified"), _verified, sort="due"),
        Column(gettext_lazy("Due since"), lambda row: row.since),
        Column(gettext_lazy("Act"), _act, css="acts", spoken=True),
    ),
    named=_named,
    empty=lambda asked: Empty(
        _("No file is due"),
        _("Files whose fields nobody has confirmed for %(days)s days would stand here.")
        % {"days": verification_rules().every_days},
        icon="check",
    ),
)
