"""The list of churn warnings, the most money at risk first."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.db.models import Count, Q, QuerySet
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext_lazy

from core.company import currency
from core.contributions import ExportColumn
from core.http import row_id
from customers.columns import WHOSE
from customers.models import Customer, Warn
from segmentation import selectors
from segmentation.catalogue import tier_of
from segmentation.models import ChurnCase, Tier
from segmentation.wording import case_texts
from ui import cells, formatting
from ui.exports import Export, Sheet
from ui.listing import Asked, Column, Empty, Filter, Listing, Tab

State = ChurnCase.State
WHERE = {
    "open": Q(closed_at=None),
    "red": Q(closed_at=None, level=Warn.RED),
    "new": Q(closed_at=None, state=State.NEW),
    "working": Q(closed_at=None, state=State.WORKING),
    "won_back": Q(state=State.WON_BACK),
    "closed": Q(closed_at__isnull=False),
}
TONES: dict[str, str] = {
    State.WON_BACK: "ok",
    State.EASED: "ok",
    State.LOST: "danger",
    State.FALSE_ALARM: "line",
    State.WORKING: "accent",
}


@dataclass(frozen=True)
class WarningRow:
    """One case; `may_change`: this person may take it on or close it."""

    case: ChurnCase
    customer: Customer
    tier: Tier | None
    reasons: list[str]
    may_change: bool

    @property
    def pk(self) -> int:
        return self.case.pk


def _draw(asked: Asked, page: list[ChurnCase]) -> Iterable[WarningRow]:
    may_change = asked.user.can("warning.change")
    for case in page:
        customer = case.customer
        yield WarningRow(case, customer, tier_of(customer), case_texts(case), may_change and not case.closed_at)


# --- cells -----------------------------------------------------------------------------------------------------------
def _customer(row: WarningRow) -> SafeString:
    customer = row.customer
    who = cells.customer(customer.name, cells.row_url("customer", customer.pk), customer.kind)
    return format_html("{} {}", who, cells.tier(row.tier))


def _level(row: WarningRow) -> SafeString:
    return cells.alarm(_("red"), "danger") if row.case.level == Warn.RED else cells.alarm(_("yellow"), "warn")


def _why(row: WarningRow) -> SafeString:
    reasons = format_html_join("", "<li>{}</li>", ((text,) for text in row.reasons))
    return format_html('<ul class="whys">{}</ul>', reasons)


def _owner(row: WarningRow) -> SafeString:
    owner = row.customer.owner
    return cells.person(owner.name) if owner else format_html('<span class="muted">{}</span>', _("unassigned"))


def _state(row: WarningRow) -> SafeString:
    """The state with the reason of a close, and the menu that takes on and closes (segmentation/warning_menu.html)."""
    case, reason, menu = row.case, SafeString(), SafeString()
    if case.close_reason:
        reason = format_html(' <span class="small muted" data-user>{}</span>', case.close_reason)
    if row.may_change:
        label = _("Change the warning of %(name)s") % {"name": row.customer.name}
        menu = cells.row_menu(
            cells.row_url("warning_change", row.pk),
            row.pk,
            label,
            "",
            "ellipsis",
            menu="new-warning" if case.state == State.NEW else "open-warning",
            version=case.version,
        )
    return format_html("{}{} {}", cells.tag(case.get_state_display(), TONES.get(case.state, "")), reason, menu)


# --- the listing -----------------------------------------------------------------------------------------------------
def _counts(asked: Asked, rows: QuerySet[ChurnCase]) -> Mapping[str, int]:
    return rows.aggregate(**{key: Count("pk", filter=where) for key, where in WHERE.items()})


def _whose(asked: Asked, pk: int) -> str:
    """The name of the owner, from the rows that are in reach."""
    rows = asked.page.rows
    return rows[0].customer.owner.name if rows else "—"


def _empty(asked: Asked) -> Empty:
    if asked.tab.key == "open":
        text = _("Every night looks at all customers who bought at least twice.")
        return Empty(_("No open warning"), text, icon="shield-check")
    return Empty(_("None here"), _("No warning has this state."), icon="shield-check")


EXPORT = Export(
    permission="warning.export",
    audit_act="warning.export",
    home="warning_list",
    page="warning_export",
    title=gettext_lazy("Churn warnings"),
    counted=lambda n: ngettext("%(n)s churn warning", "%(n)s churn warnings", n) % {"n": f"{n:,}"},
    load=lambda rows: rows.select_related("customer__facts", "customer__owner").prefetch_related("reasons"),
    sheets=(
        Sheet(
            gettext_lazy("Churn warnings"),
            ChurnCase,
            (
                *WHOSE,
                ExportColumn(gettext_lazy("tier"), lambda row: getattr(row.tier, "name", "")),
                ExportColumn(gettext_lazy("level"), lambda row: row.case.get_level_display()),
                ExportColumn(gettext_lazy("why"), lambda row: "; ".join(row.reasons)),
                ExportColumn(gettext_lazy("value at risk"), lambda row: row.case.value_at_risk, money=True),
                ExportColumn(gettext_lazy("since"), lambda row: row.case.opened_on),
                ExportColumn(gettext_lazy("state"), lambda row: row.case.get_state_display()),
                ExportColumn(gettext_lazy("closed on"), lambda row: row.case.closed_on),
                ExportColumn(gettext_lazy("reason"), lambda row: row.case.close_reason),
            ),
            lambda asked, page: _draw(asked, list(page)),
        ),
    ),
)
WARNINGS = Listing(
    permission="warning.view",
    rows=lambda asked: selectors.warnings(asked.user),
    draw=_draw,
    caption=gettext_lazy("Churn warnings"),
    orders={"risk": ("-value_at_risk", "-pk"), "closing": ("-closed_at", "-pk")},
    tabs=(
        Tab("open", gettext_lazy("Open"), lambda asked: WHERE["open"]),
        Tab("red", gettext_lazy("Red"), lambda asked: WHERE["red"]),
        Tab("new", pgettext_lazy("warning", "New"), lambda asked: WHERE["new"]),
        Tab("working", gettext_lazy("Being worked on"), lambda asked: WHERE["working"]),
        Tab("won_back", gettext_lazy("Won back"), lambda asked: WHERE["won_back"], order="closing"),
        Tab("closed", gettext_lazy("Closed"), lambda asked: WHERE["closed"], order="closing"),
    ),
    tab_parameter="view",
    tab_counts=_counts,
    filters=(
        Filter(
            "owner",
            gettext_lazy("Owner"),
            read=lambda asked, text: row_id(text),
            where=lambda asked, pk: Q(customer__owner=pk),
            words=_whose,
        ),
    ),
    columns=(
        Column(gettext_lazy("Customer"), _customer),
        Column(gettext_lazy("Level"), _level),
        Column(gettext_lazy("Why"), _why, css="full why"),
        Column(
            gettext_lazy("Value at risk"),
            lambda row: formatting.money_round(row.case.value_at_risk, currency()),
            css="number",
        ),
        Column(gettext_lazy("Since"), lambda row: formatting.day_short(row.case.opened_on), css="digits"),
        Column(gettext_lazy("Owner"), _owner),
        Column(gettext_lazy("State"), _state, css="full"),
    ),
    empty=_empty,
    export=EXPORT,
    css="rows warns",
)
