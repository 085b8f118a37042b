"""The list of complaints by tab, the one whose clock ends first on top, and their recycle bin."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts.models import Team, User
from core import clock
from core.contributions import ExportColumn
from core.http import row_id
from customers.columns import WHOSE
from customers.selectors import customers_found
from feedback import look, selectors
from feedback.models import Complaint
from feedback.sla import Clock
from ui import cells, formatting
from ui.bins import BinRow, bin_of
from ui.exports import Export, Sheet
from ui.listing import Asked, Column, Empty, Filter, Listing, Tab, Words


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


def _filter(key: str, label: Words, choices: Sequence[tuple[str, Words]], where: Callable[[str], Q]) -> Filter:
    """One of a few codes, offered one tap away."""
    words = dict(choices)
    return Filter(
        key,
        label,
        read=lambda asked, text: text if text in words else None,
        where=lambda asked, code: where(code),
        words=lambda asked, code: words[code],
        choices=lambda asked: choices,
    )


def _named(model: type[User] | type[Team]) -> Callable[[Asked, int], str]:
    """The name of a person or a team, where the reader may know of them."""

    def name(asked: Asked, pk: int) -> str:
        found = model.objects.for_user(asked.user).filter(pk=pk).values_list("name", flat=True).first()
        return str(found or "—")

    return name


# --- the list --------------------------------------------------------------------------------------------------------
def _is_closed(asked: Asked) -> bool:
    return asked.tab.key == "closed"


def _caption(asked: Asked) -> Words:
    if _is_closed(asked):
        return _("Complaints, the latest closed first")
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


EXPORT = Export(
    permission="complaint.export",
    audit_act="complaint.export",
    home="complaint_list",
    page="complaint_export",
    title=gettext_lazy("Complaints"),
    counted=lambda n: ngettext("%(n)s complaint", "%(n)s complaints", n) % {"n": f"{n:,}"},
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
    tabs=(
        Tab("open", gettext_lazy("Open"), lambda asked: selectors.OPEN),
        Tab("waiting", gettext_lazy("Waiting on me"), lambda asked: selectors.OWNERS_MOVE & Q(owner=asked.user)),
        Tab("mine", gettext_lazy("Mine"), lambda asked: selectors.OPEN & Q(owner=asked.user)),
        Tab("breached", gettext_lazy("Breached"), lambda asked: selectors.breached_at(clock.now())),
        Tab("closed", gettext_lazy("Closed"), lambda asked: ~selectors.OPEN, order="closed"),
    ),
    tab_counts=_counts,
    search=_search,
    hint=gettext_lazy("Complaint number or customer"),
    filters=(
        _filter("severity", gettext_lazy("Severity"), Complaint.Severity.choices, lambda code: Q(severity=code)),
        _filter("state", gettext_lazy("Step"), Complaint.State.choices, lambda code: Q(state=code)),
        _filter("clock", gettext_lazy("Clock"), CLOCK_WORDS, selectors.clock_is),
        Filter(
            "owner",
            gettext_lazy("Owner"),
            read=lambda asked, text: row_id(text),
            where=lambda asked, pk: Q(owner=pk),
            words=_named(User),
            chip=False,
        ),
        Filter(
            "team",
            gettext_lazy("Team"),
            read=lambda asked, text: row_id(text),
            where=lambda asked, pk: Q(owner__team=pk),
            words=_named(Team),
            chip=False,
        ),
    ),
    columns=(
        Column(gettext_lazy("Complaint"), _complaint, sort="received"),
        Column(gettext_lazy("Customer"), _customer, phone=""),
        Column(gettext_lazy("Severity"), lambda row: look.severity(row.case, short=True), sort="severity"),
        Column(gettext_lazy("Step"), lambda row: row.case.get_state_display(), phone=""),
        Column(
            gettext_lazy("Time left"),
            lambda row: look.clock(row.clock, short=True),
            css="cell-clock clock-line",
            phone="",
            sort="clock",
            shown=lambda asked: not _is_closed(asked),
        ),
        Column(
            gettext_lazy("First response"),
            lambda row: look.clock(row.clock, short=True),
            css="cell-clock clock-line",
            shown=_is_closed,
        ),
        Column(gettext_lazy("Owner"), lambda row: cells.person(row.case.owner.name), sort="owner"),
        Column(gettext_lazy("Satisfaction"), lambda row: f"{row.case.csat} / 5", css="digits", shown=_is_closed),
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
