"""The list of complaints by tab, the one whose clock ends first on top, and their recycle bin."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts.filters import named_filter
from accounts.models import Team, User
from core import clock
from core.contributions import ExportColumn
from customers.columns import WHOSE
from customers.selectors import customers_found
from feedback import look, selectors
from feedback.models import Complaint
from feedback.sla import Clock
from ui import cells, formatting
from ui.bins import BinRow, bin_of
from ui.exports import Export, Sheet
from ui.listing import Asked, Column, Empty, Filter, Listing, Tab, Words, choice_filter


@dataclass(frozen=True)
class ComplaintRow:
    """A complaint with the clock that counts now; `customer_url` is empty for who may not open the customer's page."""

    case: Complaint
    clock: Clock
    customer_url: str

    @property
    def pk(self) -> int:
        return self.case.pk


def _draw(asked: Asked, page: list[Complaint]) -> Iterable[ComplaintRow]:
    openable = selectors.visible_customers(asked.user, page)
    for case in page:
        url = cells.row_url("customer", case.customer_id) if case.customer_id in openable else ""
        yield ComplaintRow(case, case.clock, url)


# --- cells -----------------------------------------------------------------------------------------------------------
def _complaint(row: ComplaintRow) -> SafeString:
    case = row.case
    return format_html(
        '<a class="headline" href="{}" data-user>{}</a><span class="block tiny muted digits">{} · {} · {}</span>',
        cells.row_url("complaint", case.pk),
        case.headline,
        case.number,
        formatting.moment(case.received_at),
        case.get_category_display(),
    )


def _satisfaction(row: ComplaintRow) -> str:
    return f"{row.case.csat} / 5" if row.case.csat else cells.DASH


def _customer(row: ComplaintRow) -> SafeString:
    return cells.customer(row.case.customer.name, row.customer_url, row.case.customer.kind)


def _binned_complaint(row: BinRow) -> SafeString:
    case = row.gone
    line = '<span data-user>{}</span><span class="block tiny muted"><span class="digits">{}</span> · {}</span>'
    return format_html(line, case.headline, case.number, cells.typed(case.customer.name))


# --- filters ---------------------------------------------------------------------------------------------------------
CLOCK_WORDS = list(
    zip(
        selectors.CLOCKS,
        (gettext_lazy("first response is due"), gettext_lazy("solution is due"), gettext_lazy("no clock runs")),
        strict=True,
    )
)


FIGURE = "figure"  # the tab of the list behind one
FIGURE_WORDS = dict(
    zip(
        selectors.FIGURES,
        (
            gettext_lazy("received within 30 days"),
            gettext_lazy("received within 30 days, first response late"),
            gettext_lazy("received within 30 days, reopened"),
            gettext_lazy("received within 30 days, with an answer on satisfaction"),
            gettext_lazy("closed within 90 days, with an answer on satisfaction"),
        ),
        strict=True,
    )
)


def _read_month(asked: Asked, text: str) -> date | None:
    try:
        return date.fromisoformat(f"{text}-01")
    except ValueError:
        return None


# Those whose marks make the satisfaction of a month: what targets are measured by.
RATED = Filter(
    "rated",
    gettext_lazy("Closed with an answer on satisfaction in"),
    read=_read_month,
    where=lambda asked, month: selectors.rated_in(month),
    words=lambda asked, month: formatting.month(month),
)


# --- the list --------------------------------------------------------------------------------------------------------
def _is_closed(asked: Asked) -> bool:
    return asked.tab.key == "closed"


def _is_of_figure(asked: Asked) -> bool:
    """Whether open and closed ones stand together: the list behind a figure."""
    return asked.tab.key == FIGURE


def _runs(asked: Asked) -> bool:
    return not (_is_closed(asked) or _is_of_figure(asked))


def _tabs(asked: Asked) -> tuple[Tab, ...]:
    """Behind a figure all stand in one list, which is open at once."""
    if asked.given.get("figure") not in selectors.FIGURES and not asked.given.get("rated"):
        return TABS
    return (Tab(FIGURE, gettext_lazy("Open and closed"), order="received"), *TABS)


def _caption(asked: Asked) -> Words:
    if _is_closed(asked):
        return _("Complaints, the latest closed first")
    if _is_of_figure(asked):
        return _("Complaints, the latest first")
    return _("Complaints, the one whose clock ends first on top")


def _counts(asked: Asked, rows: QuerySet[Complaint]) -> Mapping[str, int]:
    return selectors.tab_counts(asked.user, rows)


def _search(asked: Asked, rows: QuerySet[Complaint]) -> QuerySet[Complaint]:
    """By complaint number, or by what finds the customer."""
    found = Q(customer__in=customers_found(asked.user, asked.q).order_by().values("pk"))
    numbered = selectors.number_filter(asked.q)
    return rows.filter(found if numbered is None else numbered | found)


def _empty(asked: Asked) -> Empty:
    elsewhere = {
        "waiting": (_("No complaint waits with you"), _("What is handed to you appears here, the most urgent first.")),
        "mine": (_("No complaint is yours"), _("What is handed to you appears here, the most urgent first.")),
        "breached": (_("Nothing is late"), _("Every open complaint is within its time.")),
        "closed": (
            _("No complaint was closed yet"),
            _("A complaint is closed with its result and the customer's satisfaction."),
        ),
    }
    if asked.tab.key in elsewhere:
        return Empty(*elsewhere[asked.tab.key])
    last = selectors.last_closed_at(asked.user)
    text = _("Complaints taken in appear here with their clocks.")
    if last:
        text = _("The last one was closed on %(when)s.") % {"when": formatting.moment(last)}
    if not asked.user.can("complaint.add"):
        return Empty(_("No open complaints"), text)
    return Empty(_("No open complaints"), text, reverse("complaint_new"), _("Take a complaint in"), "plus")


def _not_found(asked: Asked) -> Empty:
    if _is_closed(asked) or not asked.q:
        cure = _("Take one of the filters away, or clear them all.")
        return Empty(_("Nothing fits"), cure, asked.clear, _("Clear filters"), "x")
    closed = asked.query(tab="closed")
    return Empty(_("No such complaint here"), _("It may be closed."), closed, _("Look among the closed ones"), "search")


TABS = (
    Tab("open", gettext_lazy("Open"), lambda asked: selectors.OPEN),
    Tab("waiting", gettext_lazy("Waiting on me"), lambda asked: selectors.OWNERS_MOVE & Q(owner=asked.user)),
    Tab("mine", gettext_lazy("Mine"), lambda asked: selectors.OPEN & Q(owner=asked.user)),
    Tab("breached", gettext_lazy("Breached"), lambda asked: selectors.breached_at(clock.now())),
    Tab("closed", gettext_lazy("Closed"), lambda asked: ~selectors.OPEN, order="closed"),
)
EXPORT = Export(
    permission="complaint.export",
    audit_act="complaint.export",
    home="complaint_list",
    page="complaint_export",
    title=gettext_lazy("Complaints"),
    counted=lambda n: ngettext("%(n)s complaint", "%(n)s complaints", n) % {"n": f"{n:,}"},
    ticked=True,
    load=lambda rows: rows.select_related("customer__facts", "customer__owner", "owner"),
    sheets=(
        Sheet(
            gettext_lazy("Complaints"),
            Complaint,
            (
                ExportColumn(gettext_lazy("number"), lambda row: row.number),
                *WHOSE,
                ExportColumn(gettext_lazy("received at"), lambda row: row.received_at),
                ExportColumn(gettext_lazy("channel"), lambda row: row.get_channel_display()),
                ExportColumn(gettext_lazy("category"), lambda row: row.get_category_display()),
                ExportColumn(gettext_lazy("severity"), lambda row: row.get_severity_display()),
                ExportColumn(gettext_lazy("step"), lambda row: row.get_state_display()),
                ExportColumn(gettext_lazy("handled by"), lambda row: row.owner.name),
                ExportColumn(gettext_lazy("first response due"), lambda row: row.first_response_due_at),
                ExportColumn(gettext_lazy("first response"), lambda row: row.first_response_at),
                ExportColumn(gettext_lazy("promised by"), lambda row: row.promised_at),
                ExportColumn(gettext_lazy("closed at"), lambda row: row.closed_at),
                ExportColumn(gettext_lazy("satisfaction"), lambda row: row.csat),
                ExportColumn(gettext_lazy("the customer's words"), lambda row: row.text),
                ExportColumn(gettext_lazy("result"), lambda row: row.result),
            ),
        ),
    ),
)
COMPLAINTS = Listing(
    permission="complaint.view",
    rows=lambda asked: selectors.complaints(asked.user),
    draw=_draw,
    caption=_caption,
    orders={
        "clock": ("clock_due", "id"),
        "closed": ("-closed_at", "-id"),
        "received": ("-received_at", "-id"),
        "severity": ("-severity_rank", "clock_due", "id"),
        "owner": ("owner__name", "clock_due", "id"),
    },
    tabs=_tabs,
    tab_counts=_counts,
    search=_search,
    hint=gettext_lazy("Complaint number or customer"),
    filters=(
        RATED,
        choice_filter("figure", gettext_lazy("Figure"), lambda: list(FIGURE_WORDS.items()), selectors.figure_is),
        named_filter("customers", gettext_lazy("Whose customers"), User.objects, "customer__owner"),
        choice_filter("severity", gettext_lazy("Severity"), lambda: Complaint.Severity.choices, offered=True),
        choice_filter("state", gettext_lazy("Step"), lambda: Complaint.State.choices, offered=True),
        choice_filter("clock", gettext_lazy("Clock"), lambda: CLOCK_WORDS, selectors.clock_is, offered=True),
        named_filter("owner", gettext_lazy("Owner"), User.objects, "owner", chip=False),
        named_filter("team", gettext_lazy("Team"), Team.objects, "owner__team", chip=False),
    ),
    columns=(
        Column(gettext_lazy("Complaint"), _complaint, sort="received"),
        Column(gettext_lazy("Customer"), _customer, phone=""),
        Column(
            gettext_lazy("Severity"),
            lambda row: look.severity(row.case, short=True),
            sort="severity",
            shown=lambda asked: not _is_of_figure(asked),
        ),
        Column(gettext_lazy("Step"), lambda row: row.case.get_state_display(), phone=""),
        Column(
            gettext_lazy("Time left"),
            lambda row: look.clock(row.clock, short=True),
            css="cell-clock clock-line",
            phone="",
            sort="clock",
            shown=_runs,
        ),
        Column(
            gettext_lazy("Clock"),
            lambda row: look.clock(row.clock, short=True),
            css="cell-clock clock-line",
            shown=_is_of_figure,
        ),
        Column(
            gettext_lazy("First response"),
            lambda row: look.clock(row.clock, short=True),
            css="cell-clock clock-line",
            shown=_is_closed,
        ),
        Column(gettext_lazy("Owner"), lambda row: cells.person(row.case.owner.name), sort="owner"),
        Column(gettext_lazy("Satisfaction"), lambda row: f"{row.case.csat} / 5", css="digits", shown=_is_closed),
        Column(gettext_lazy("Satisfaction"), _satisfaction, css="digits", shown=_is_of_figure),
    ),
    empty=_empty,
    not_found=_not_found,
    export=EXPORT,
    css="lines complaints",
)

# --- the recycle bin -------------------------------------------------------------------------------------------------
COMPLAINT_BIN = bin_of(
    permission="complaint.delete",
    rows=lambda asked: selectors.binned_for(asked.user),
    columns=(Column(gettext_lazy("Complaint"), _binned_complaint),),
    caption=gettext_lazy("Deleted complaints"),
    restore="complaint_restore",
    empty=lambda asked: Empty(
        _("The recycle bin is empty"),
        _("Deleted complaints wait here until somebody restores them."),
        reverse("complaint_list"),
        _("To the complaints"),
    ),
)
