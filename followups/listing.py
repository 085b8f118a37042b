"""The list of open follow-ups: whose, by when, and what a row shows."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext

from accounts.filters import named_filter, team_filter
from accounts.models import User
from accounts.scope import reach_of
from accounts.selectors import measured
from core.company import currency
from core.contributions import ExportColumn
from core.numbers import number
from customers import persistence, ways
from customers.columns import WHOSE, tiered_customer_cell
from customers.models import UNRATED, Customer, InteractionKind, Stage
from followups import reasons, selectors
from followups.calendar.span import day_of
from followups.models import FollowUp
from followups.months import months_of
from followups.visits import done_in_time, month_of, never_written_up, passed, planned_in
from segmentation import catalogue
from segmentation.catalogue import tier_of
from segmentation.segments.narrowing import segment_filter
from segmentation.wording import DAYS_COUNTED, SALES_COUNTED
from ui import cells, formatting
from ui.exports import Export, Sheet
from ui.listing import Asked, Bulk, Column, Empty, Filter, Listing, Tab, Words, choice_filter

MINE, TEAM = "mine", "team"
MEASURED = "board"  # ?people=: those whose work the team board measures
TO_WRITE_UP = "to_write_up"  # visits that are over, also within their 24 hours
WORDS = {
    "all": gettext_lazy("All"),
    "overdue": gettext_lazy("Overdue"),
    "today": gettext_lazy("Today"),
    "week": gettext_lazy("Next 7 days"),
    "later": gettext_lazy("Later"),
}


# ?done=: what became of it, where closed ones are listed
DONE: dict[str, tuple[Words, Callable[[], Q]]] = {
    "yes": (gettext_lazy("done"), lambda: Q(state=FollowUp.State.DONE)),
    "in_time": (gettext_lazy("done on time"), done_in_time),
    "late": (gettext_lazy("done late"), lambda: Q(state=FollowUp.State.DONE) & ~done_in_time()),
    "no": (gettext_lazy("not done"), lambda: ~Q(state=FollowUp.State.DONE)),
}


@dataclass(frozen=True)
class PlannedRow:
    """One open follow-up; `log_url` and `may_change` say what this person may do with it."""

    plan: FollowUp
    customer: Customer
    tier: Any
    why: str
    log_url: str
    may_change: bool
    way: SafeString  # to the customer, as planned

    @property
    def pk(self) -> int:
        return self.plan.pk


def leads(user: User) -> bool:
    """Whether others' follow-ups are in reach."""
    return reach_of(user).beyond_own("follow_up.view")


def whose(asked: Asked) -> str:
    """Leaders begin with everybody's, others with their own."""
    wanted = asked.given.get("whose", "")
    if not leads(asked.user):
        return MINE
    return wanted if wanted in (MINE, TEAM) else TEAM


def _rows(asked: Asked) -> QuerySet[FollowUp]:
    rows = selectors.follow_ups(asked.user)
    # Visits called done without a note were never written up either; what was planned may be done.
    if not any(asked.given.get(key) for key in ("unwritten", "planned", "done")):
        rows = rows.filter(state=FollowUp.State.OPEN)
    return rows.filter(assignee=asked.user) if whose(asked) == MINE else rows


def _draw(asked: Asked, page: list[FollowUp]) -> Iterable[PlannedRow]:
    may_log, may_change = asked.user.can("interaction.add"), asked.user.can("follow_up.change")
    log, back = reverse("interaction_new"), reverse("follow_up_list")
    for plan in page:
        customer, written = plan.customer, plan.closed_by_interaction_id is not None
        yield PlannedRow(
            plan=plan,
            customer=customer,
            tier=tier_of(customer),
            why=reasons.BETWEEN.join(filter(None, (selectors.why_in_brief(plan), persistence.brief(customer)))),
            log_url="" if written or not may_log else f"{log}?{urlencode({'customer': customer.pk, 'next': back})}",
            may_change=may_change and plan.state == FollowUp.State.OPEN,
            way=ways.planned(asked.user, customer, plan.method),
        )


# --- cells -----------------------------------------------------------------------------------------------------------
def _customer(row: PlannedRow) -> SafeString:
    return tiered_customer_cell(row.customer, row.tier)


def _why(row: PlannedRow) -> SafeString | str:
    if not row.plan.purpose:
        return row.why
    typed = cells.typed(row.plan.purpose)
    return format_html("{}{}{}", typed, reasons.BETWEEN, row.why) if row.why else typed


def _when(row: PlannedRow) -> SafeString:
    """Its day; what is closed isn't overdue, but done or skipped."""
    plan = row.plan
    if plan.state == FollowUp.State.OPEN:
        return cells.due(plan.due_on, plan.due_time, plan.is_deadline)
    day, state = formatting.day_short(plan.due_on), cells.tag(plan.get_state_display(), "line")
    return format_html('<span class="digits">{}</span> {}', day, state)


def _sales(row: PlannedRow) -> str:
    """What the customer brought in the days that count, as on Today."""
    worth = row.customer.facts.monetary
    return formatting.money_round(worth, currency()) if worth else formatting.DASH


def _acts(row: PlannedRow) -> SafeString:
    """The way to the log, and the menu that moves and closes (templates/followups/menu.html)."""
    name, log, menu = row.customer.name, SafeString(), SafeString()
    if row.log_url:
        link = '<a class="button small" href="{0}" data-action="log" aria-label="{1} {2}">{1}</a> '
        log = format_html(link, row.log_url, pgettext("verb", "Log"), name)
    if row.may_change:
        url = cells.row_url("follow_up_edit", row.pk)
        menu = cells.row_menu(url, row.pk, _("More for %(name)s") % {"name": name}, _("Reschedule"), "calendar-clock")
    return row.way + log + menu


# --- the listing -----------------------------------------------------------------------------------------------------
def _counts(asked: Asked, rows: QuerySet[FollowUp]) -> Mapping[str, int]:
    return selectors.when_counts(rows, asked.today)


def _empty(asked: Asked) -> Empty:
    if asked.tab.key != "all":
        text = _("No open follow-up falls into this time.")
        return Empty(_("Nothing here"), text, asked.query(when="all"), _("Show all"), "calendar")
    text = _("Log an activity or plan a follow-up; the night plans for every active customer.")
    return Empty(_("Nothing is planned"), text, reverse("follow_up_new"), _("Plan a follow-up"), "calendar")


def _narrowed(asked: Asked) -> list[tuple[Words, Words]]:
    return [(_("Whose"), _("Mine") if whose(asked) == MINE else _("Everybody"))] if leads(asked.user) else []


def _bulk(asked: Asked) -> list[Bulk]:
    if not asked.user.can("follow_up.change"):
        return []
    return [Bulk(_("Reschedule"), reverse("follow_ups_move"), "calendar-clock", whole=True)]


EXPORT = Export(
    permission="follow_up.export",
    audit_act="follow_up.export",
    home="follow_up_list",
    page="follow_up_export",
    title=gettext_lazy("Follow-ups"),
    counted=lambda n: ngettext("%(n)s follow-up", "%(n)s follow-ups", n) % {"n": f"{n:,}"},
    load=lambda rows: rows.select_related(*selectors.ROW).defer("customer__search_tokens"),
    sheets=(
        Sheet(
            gettext_lazy("Follow-ups"),
            FollowUp,
            (
                *WHOSE,
                ExportColumn(gettext_lazy("tier"), lambda row: getattr(row.tier, "name", "")),
                ExportColumn(gettext_lazy("due on"), lambda row: row.plan.due_on),
                ExportColumn(
                    gettext_lazy("time"), lambda row: f"{row.plan.due_time:%H:%M}" if row.plan.due_time else ""
                ),
                ExportColumn(gettext_lazy("method"), lambda row: row.plan.get_method_display()),
                ExportColumn(gettext_lazy("content"), lambda row: row.plan.purpose),
                ExportColumn(gettext_lazy("why"), lambda row: selectors.why(row.plan)),
                ExportColumn(gettext_lazy("assignee"), lambda row: row.plan.assignee.name),
                ExportColumn(gettext_lazy("last activity"), lambda row: row.customer.facts.last_contact_at),
                ExportColumn(gettext_lazy("comes from"), lambda row: row.plan.get_source_display()),
            ),
            lambda asked, page: _draw(asked, list(page)),
        ),
    ),
    also=_narrowed,
)


def _tiers() -> list[tuple[str, Words]]:
    return [*catalogue.every_choice(), (UNRATED, gettext_lazy("unrated"))]


def _tab(key: str) -> Tab:
    return Tab(key, WORDS[key], lambda asked: selectors.when_filter(key, asked.today))


def _last_activity(row: Any) -> Any:
    return cells.since_cell(row.customer.facts.last_contact_at, timezone.localdate(), number("silent_days"))


FOLLOW_UPS = Listing(
    permission="follow_up.view",
    rows=_rows,
    draw=_draw,
    caption=gettext_lazy("Follow-ups"),
    orders={"due": ("due_on", "pk")},
    css="lines plans",
    tabs=tuple(_tab(key) for key in ("all", "overdue", "today", "week", "later")),
    tab_parameter="when",
    tab_counts=_counts,
    filters=(
        named_filter(
            "assignee", gettext_lazy("Who"), User.objects, "assignee", name_in_row=lambda row: row.assignee.name
        ),
        Filter(
            "people",
            gettext_lazy("Who"),
            read=lambda asked, text: True if text == MEASURED else None,
            where=lambda asked, _true: Q(assignee__in=measured(asked.user, left=True)),
            words=lambda asked, _true: _("the people of the team board"),
        ),
        Filter(
            "on",
            gettext_lazy("Day"),
            read=lambda asked, text: day_of(text),
            where=lambda asked, day: Q(due_on=day),
            words=lambda asked, day: formatting.day_short(day),
        ),
        team_filter("assignee__team__path"),
        segment_filter("customer"),
        Filter(
            "occasion",
            gettext_lazy("Occasion"),
            read=lambda asked, text: True if text == "week" else None,
            where=lambda asked, _true: selectors.greetings(asked.today),
            words=lambda asked, _true: _("birthdays and other occasions, within 7 days"),
        ),
        Filter(
            "planned",
            gettext_lazy("Month"),
            read=lambda asked, text: months_of(text, asked.today) if text else None,
            where=lambda asked, months: planned_in(months.last, months.count),
            words=lambda asked, months: _("planned for %(month)s, done or not") % {"month": months.words},
        ),
        choice_filter("method", gettext_lazy("Method"), lambda: InteractionKind.choices),
        choice_filter("source", gettext_lazy("Planned by"), lambda: FollowUp.Source.choices),
        choice_filter("stage", gettext_lazy("Stage"), lambda: Stage.choices, lambda code: Q(customer__stage=code)),
        choice_filter("tier", gettext_lazy("Tier"), _tiers, lambda code: Q(customer__facts__tier=code)),
        Filter(
            "done",
            gettext_lazy("What became of it"),
            read=lambda asked, text: text if text in DONE else None,
            where=lambda asked, key: DONE[key][1](),
            words=lambda asked, key: DONE[key][0],
            choices=lambda asked: (
                [(key, word) for key, (word, _where) in DONE.items()] if "planned" in asked.values else []
            ),
        ),
        Filter(
            "unwritten",
            gettext_lazy("Visits"),
            read=lambda asked, text: month_of(text, asked.today) if text else None,
            where=lambda asked, month: never_written_up(month),
            words=lambda asked, month: _("never written up, %(month)s") % {"month": formatting.month(month)},
        ),
        Filter(
            "visits",
            gettext_lazy("Visits"),
            read=lambda asked, text: True if text == TO_WRITE_UP else None,
            where=lambda asked, _true: passed(asked.today),
            words=lambda asked, _true: _("visits to write up"),
        ),
    ),
    columns=(
        Column(gettext_lazy("Customer"), _customer),
        Column(gettext_lazy("When"), _when, css="when", phone="", key="due"),
        Column(gettext_lazy("Why"), _why, css="wraps", phone="", key="why"),
        Column(gettext_lazy("Method"), lambda row: row.plan.get_method_display(), css="method", phone="", key="method"),
        Column(
            gettext_lazy("Last activity"),
            lambda row: cells.since_cell(
                row.customer.facts.last_contact_at, timezone.localdate(), number("silent_days")
            ),
            css="wider",
            key="contact",
        ),
        Column(
            DAYS_COUNTED,
            _sales,
            css="number lead",
            long=SALES_COUNTED,
            phone="",
            key="sales",
        ),
        Column(
            gettext_lazy("Who"),
            lambda row: row.plan.assignee.name,
            css="whose",
            phone="",
            typed=True,
            shown=lambda asked: whose(asked) == TEAM,
            key="who",
        ),
        Column(gettext_lazy("Actions"), _acts, css="number acts", spoken=True),
    ),
    bulk=_bulk,
    named=lambda row: row.customer.name,
    empty=_empty,
    export=EXPORT,
    home="follow_up_list",
    called=gettext_lazy("Follow-ups"),
)
