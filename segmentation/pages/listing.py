"""The list of churn warnings, the most money at risk first."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import urlencode

from django.db.models import Count, Q, QuerySet, Sum
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext, pgettext_lazy

from accounts.filters import named_filter, team_filter
from accounts.masking import may_read, mode_for
from accounts.models import User
from accounts.policy import FULL, OWN, RELATIONS
from accounts.scope import reach_of
from accounts.selectors import team_labels
from core import clock
from core.company import currency
from core.contributions import ExportColumn
from core.digits import whole_number
from core.http import row_id
from customers.columns import WHOSE, tiered_customer_cell
from customers.models import Customer, Warn, facts_of
from customers.search import searched
from segmentation import selectors
from segmentation.cases.models import ActionKind, ChurnCause
from segmentation.cases.selectors import TELLING, Doing, doing_of, ended_lately, was_done
from segmentation.catalogue import choices, every_choice, tier_of
from segmentation.models import ChurnCase, Tier
from segmentation.wording import NAMES, case_texts
from ui import cells, formatting
from ui.exports import Export, Sheet
from ui.listing import Asked, Bulk, Cell, Column, Empty, Filter, Listing, Tab, Words, choice_filter

State = ChurnCase.State
WHERE = {
    "open": Q(closed_at=None),
    "red": Q(closed_at=None, level=Warn.RED),
    "new": Q(closed_at=None, state=State.NEW),
    "working": Q(closed_at=None, state=State.WORKING),
    "won_back": Q(state=State.WON_BACK),
    "closed": Q(closed_at__isnull=False),
}
BETWEEN = " · "
# How the warnings of the last 365 days ended, as far as that says how good they were (docs/algorithms/churn.md).
HOW_GOOD = {
    "telling": Q(state__in=TELLING),
    "right": Q(state__in=TELLING) & ~Q(state=State.FALSE_ALARM),
    "false_alarms": Q(state=State.FALSE_ALARM),
}
ENDED: Mapping[str, tuple[Words, Callable[[], Q]]] = {
    "telling": (
        gettext_lazy("in the last year, and says how good the warning was"),
        lambda: HOW_GOOD["telling"] & ended_lately(),
    ),
    "right": (gettext_lazy("in the last year, no false alarm"), lambda: HOW_GOOD["right"] & ended_lately()),
    "false": (gettext_lazy("in the last year, as a false alarm"), lambda: HOW_GOOD["false_alarms"] & ended_lately()),
    "tried": (
        gettext_lazy("in the last year, false alarms aside"),
        lambda: Q(closed_at__isnull=False) & ~HOW_GOOD["false_alarms"] & ended_lately(),
    ),
    "year": (gettext_lazy("in the last year"), lambda: Q(closed_at__isnull=False) & ended_lately()),
    "back": (gettext_lazy("won back or eased"), lambda: Q(state__in=(State.WON_BACK, State.EASED))),
    "lost": (gettext_lazy("lost"), lambda: Q(state=State.LOST)),
}
SORTS = {
    "risk": gettext_lazy("Value at risk"),
    "silent": gettext_lazy("Days silent"),
    "chance": gettext_lazy("Buys again"),
    "due": gettext_lazy("Settled by"),
}
# As each begins: the largest value, the longest silence, the smallest chance, the first deadline.
FIRST = {"risk": "-risk", "silent": "-silent", "chance": "chance", "due": "due"}
MOST_OFFERED = 12  # of people and teams, among the filters one tap away
VALUES = (1_000, 10_000, 100_000)  # at risk, in the currency itself: offered one tap away
LARGEST_VALUE = 10**12
DUE = {
    "late": gettext_lazy("passed"),
    "week": gettext_lazy("within 7 days"),
    "none": gettext_lazy("without one"),
}


@dataclass(frozen=True)
class WarningRow:
    """One case. `may_change`: this person may take it on or close it; `call`: where a tap on the phone leads them."""

    case: ChurnCase
    customer: Customer
    tier: Tier | None
    reasons: list[str]
    silent: int | None
    doing: Doing
    late: bool
    may_change: bool
    call: str
    log_url: str
    plan_url: str

    @property
    def pk(self) -> int:
        return self.case.pk


def _draw(asked: Asked, page: list[ChurnCase]) -> Iterable[WarningRow]:
    user, back, reach = asked.user, asked.request.get_full_path(), reach_of(asked.user)
    may_change, may_log, may_plan = (
        user.can("warning.change"),
        user.can("interaction.add"),
        user.can("follow_up.add"),
    )
    log, plan = reverse("interaction_new"), reverse("follow_up_new")

    def may(permission: str, customer: Customer) -> bool:
        """Whether the person may do it; who sees all but works on the own ones isn't asked for shares: no query."""
        if reach.everywhere("warning.view") and reach.scope(permission) == OWN:
            return user.pk in (customer.owner_id, customer.service_owner_id)
        return reach.holds(customer, permission)

    modes = {mode_for(user, "phone", relation) for relation in RELATIONS}

    def calls(customer: Customer) -> bool:
        """Whether the person reads the number; how a customer stands to them is only asked where it matters."""
        return modes == {FULL} or (FULL in modes and may_read(user, customer, "phone"))

    doing = doing_of(user, page)
    for case in page:
        customer = case.customer
        last, works = facts_of(customer).last_order_on, may_change and may("warning.change", customer)
        query = urlencode({"customer": customer.pk, "next": back})
        yield WarningRow(
            case,
            customer,
            tier_of(customer),
            case_texts(case),
            clock.days_since(last) if last else None,
            doing.get(case.pk, Doing()),
            case.closed_at is None and case.due_on is not None and case.due_on < asked.today,
            works and not case.closed_at,
            customer.phone_uri if works and calls(customer) and customer.phone else "",
            f"{log}?{query}" if may_log and may("interaction.add", customer) else "",
            f"{plan}?{query}&why=warning" if may_plan and may("follow_up.add", customer) else "",
        )


# --- cells -----------------------------------------------------------------------------------------------------------
def _customer(row: WarningRow) -> SafeString:
    return tiered_customer_cell(row.customer, row.tier)


def _why(row: WarningRow) -> Cell:
    """Level and the first two reasons; all of them and the day of the warning as tooltip."""
    red = row.case.level == Warn.RED
    level, tone = (_("red"), "alarm-danger") if red else (_("yellow"), "alarm-warn")
    since = _("Warning since %(day)s") % {"day": formatting.day_short(row.case.opened_on)}
    marks = format_html(' data-icon="triangle-alert" title="{}"', BETWEEN.join([*row.reasons, since]))
    told = BETWEEN.join([capfirst(level), *row.reasons[:2]])
    link = format_html('<a class="ink" href="{}">{}</a>', cells.row_url("warning", row.pk), told)
    return Cell(link, tone, marks)


def _days(row: WarningRow) -> str:
    return formatting.DASH if row.silent is None else formatting.number(row.silent)


def _chance(row: WarningRow) -> str:
    """As of the night; a purchase since makes it untrue."""
    if row.case.closed_at is None and facts_of(row.customer).rated_tonight:
        return _("rated tonight")
    return formatting.percent(row.case.p_now)


def _in_charge(row: WarningRow) -> Cell:
    """Who works on it (until somebody does, the customer's owner), how far it is, by when and what was done; with the
    reason of a close."""
    case = row.case
    person = case.in_charge if case.in_charge and case.in_charge.is_active else row.customer.owner
    shown = cells.person_cell(person.name if person else None)
    told, reason = [str(case.get_state_display()), *done_in_brief(row)], SafeString()
    if case.closed_at is None and not case.in_charge:
        told.insert(1, _("nobody in charge yet"))
    if case.close_reason:
        reason = format_html(' <span class="small muted" data-user>{}</span>', case.close_reason)
    css = f"{shown.css} late" if row.late else shown.css
    state = BETWEEN.join(told)
    return Cell(format_html("{}{}{}{}", shown.content, BETWEEN, state, reason), css, shown.attributes)


def done_in_brief(row: WarningRow) -> list[str]:
    """The deadline of an open case, what was done, and what that cost."""
    case, doing, told = row.case, row.doing, []
    if case.due_on and case.closed_at is None:
        words = _("was to be settled by %(day)s") if row.late else _("by %(day)s")
        told.append(words % {"day": formatting.day_short(case.due_on)})
    if done := doing.activities + doing.actions:
        told.append(ngettext("%(n)s thing done", "%(n)s things done", done) % {"n": formatting.number(done)})
    if doing.cost is not None:
        told.append(formatting.money_round(doing.cost, currency()))
    return told


def _acts(row: WarningRow) -> SafeString:
    """Call, log, plan, and the menu that takes on, gives and closes (segmentation/warning_menu.html)."""
    case, name = row.case, row.customer.name
    acts = [
        _icon(row.call, _("Call %(name)s") % {"name": name}, "phone"),
        _icon(row.log_url, _("Log an activity with %(name)s") % {"name": name}, "pencil", ' data-action="log"'),
        _icon(row.plan_url, _("Plan a follow-up with %(name)s") % {"name": name}, "calendar-clock"),
    ]
    if row.may_change:
        label = _("Change the warning of %(name)s") % {"name": name}
        menu = "new-warning" if case.state == State.NEW else "open-warning"
        url = cells.row_url("warning", row.pk)
        acts.append(cells.row_menu(url, row.pk, label, "", "ellipsis", menu=menu, version=case.version))
    return format_html_join("", "{}", ((act,) for act in acts))


def _icon(url: str, label: str, icon: str, more: str = "") -> SafeString:
    if not url:
        return SafeString()
    line = '<a class="button quiet icon-only" href="{}"{} data-icon="{}" aria-label="{}" title="{}"></a>'
    return format_html(line, url, SafeString(more), icon, label, label)


# --- filters ---------------------------------------------------------------------------------------------------------
def _counts(asked: Asked, rows: QuerySet[ChurnCase]) -> Mapping[str, int]:
    """The tabs' figures, the sum at risk and the false alarms."""
    counted = {key: Count("pk", filter=where) for key, where in WHERE.items()}
    at_risk = Sum("value_at_risk", filter=WHERE["open"], default=0)
    lately = ended_lately()
    right = {key: Count("pk", filter=where & lately) for key, where in HOW_GOOD.items()}
    return rows.order_by().aggregate(**counted, at_risk=at_risk, **right)


def colleagues(asked: Asked) -> list[User]:
    """Who may be given warnings by this person, looked up once: empty for who looks after nobody else."""
    found = vars(asked)
    if "colleagues" not in found:
        found["colleagues"] = list(selectors.colleagues(asked.user)) if selectors.gives(asked.user) else []
    people: list[User] = found["colleagues"]
    return people


def _owners(asked: Asked) -> list[tuple[str, Words]]:
    """Those of the team that is chosen, or all."""
    team = asked.values.get("team")
    ours = [one for one in colleagues(asked) if team is None or (one.team and one.team.path.startswith(team.path))]
    return [(str(one.pk), one.name) for one in ours[:MOST_OFFERED]]


def _teams(asked: Asked) -> list[tuple[str, Words]]:
    teams = {one.team.pk: one.team for one in colleagues(asked) if one.team}
    called = team_labels(teams.values())
    found: list[tuple[str, Words]] = [(str(pk), called[pk]) for pk in teams]
    return found[:MOST_OFFERED] if len(found) > 1 else []


def _causes(asked: Asked) -> list[tuple[str, Words]]:
    """The company's causes, retired ones with them as long as the list is narrowed by one; looked up once."""
    found = vars(asked)
    if "causes" not in found:
        found["causes"] = [(str(cause.pk), cause.name) for cause in ChurnCause.objects.all()] + [
            ("none", _("not known yet"))
        ]
    listed: list[tuple[str, Words]] = found["causes"]
    return listed


def _read_value(asked: Asked, text: str) -> int | None:
    return whole_number(text, LARGEST_VALUE) or None


def _from_value(value: int) -> str:
    money = formatting.money_round(formatting.minor(value, currency()), currency())
    return _("from %(money)s") % {"money": money}


def _due(asked: Asked, code: str) -> Q:
    """By their deadline, open ones only: a closed case has kept or missed it."""
    if code == "none":
        return Q(closed_at=None, due_on=None)
    if code == "late":
        return Q(closed_at=None, due_on__lt=asked.today)
    return Q(closed_at=None, due_on__gte=asked.today, due_on__lte=asked.today + timedelta(days=7))


FILTERS = (
    named_filter("customer", gettext_lazy("Customer"), Customer.objects, "customer"),
    team_filter("customer__team__path", choices=_teams),
    named_filter(
        "owner",
        gettext_lazy("Owner"),
        User.objects,
        "customer__owner",
        choices=_owners,
        nobody=gettext_lazy("without an owner"),
    ),
    named_filter(
        "charge",
        gettext_lazy("In charge"),
        User.objects,
        "in_charge",
        choices=lambda asked: [(str(asked.user.pk), _("me"))] if asked.user.can("warning.change") else [],
    ),
    Filter(
        "tier",
        gettext_lazy("Tier"),
        read=lambda asked, text: text if text in dict(every_choice()) else None,
        where=lambda asked, code: Q(customer__facts__tier=code),
        words=lambda asked, code: dict(every_choice()).get(code, code),
        choices=lambda asked: choices(),
    ),
    choice_filter(
        "level",
        gettext_lazy("Level"),
        lambda: [(one.value, one.label) for one in (Warn.RED, Warn.YELLOW)],
        offered=True,
    ),
    choice_filter("reason", gettext_lazy("Why"), NAMES.items, lambda code: Q(reasons__code=code), offered=True),
    Filter(
        "cause",
        gettext_lazy("Cause"),
        read=lambda asked, text: 0 if text == "none" else row_id(text) or None,
        where=lambda asked, pk: Q(cause=pk or None),
        words=lambda asked, pk: dict(_causes(asked)).get(str(pk) if pk else "none", "—"),
        choices=lambda asked: _causes(asked),
    ),
    Filter(
        "value",
        gettext_lazy("Value at risk"),
        read=_read_value,
        where=lambda asked, value: Q(value_at_risk__gte=formatting.minor(value, currency())),
        words=lambda asked, value: _from_value(value),
        choices=lambda asked: [(str(value), _from_value(value)) for value in VALUES],
    ),
    Filter(
        "due",
        gettext_lazy("Deadline"),
        read=lambda asked, text: text if text in DUE else None,
        where=_due,
        words=lambda asked, code: DUE[code],
        choices=lambda asked: list(DUE.items()),
    ),
    Filter(
        "done",
        gettext_lazy("What was done"),
        read=lambda asked, text: text if text in ActionKind.values else None,
        where=lambda asked, kind: was_done(asked.user, kind),
        words=lambda asked, kind: ActionKind(kind).label,
    ),
    Filter(
        "ended",
        gettext_lazy("Ended"),
        read=lambda asked, text: text if text in ENDED else None,
        where=lambda asked, code: ENDED[code][1](),
        words=lambda asked, code: ENDED[code][0],
    ),
    Filter(
        "state",
        gettext_lazy("State"),
        read=lambda asked, text: text if text in State.values else None,
        where=lambda asked, state: Q(state=state),
        words=lambda asked, state: State(state).label,
        choices=lambda asked: [(one.value, one.label) for one in (State.EASED, State.LOST, State.FALSE_ALARM)],
    ),
)


def _search(asked: Asked, rows: QuerySet[ChurnCase]) -> QuerySet[ChurnCase]:
    customers = searched(Customer.objects.for_user(asked.user), asked.user, asked.q)
    return rows.filter(customer__in=customers.order_by().values("pk"))


def _bulk(asked: Asked) -> list[Bulk]:
    if not selectors.gives(asked.user):
        return []
    return [Bulk(_("Give to somebody"), reverse("warnings_give"), "user-plus")]


def _first_tab(asked: Asked) -> str:
    """Whoever comes from one customer sees its warning, whatever its state."""
    return "all" if "customer" in asked.values else "open"


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
    load=selectors.with_what_a_row_shows,
    sheets=(
        Sheet(
            gettext_lazy("Churn warnings"),
            ChurnCase,
            (
                *WHOSE,
                ExportColumn(gettext_lazy("tier"), lambda row: getattr(row.tier, "name", "")),
                ExportColumn(gettext_lazy("level"), lambda row: row.case.get_level_display()),
                ExportColumn(gettext_lazy("why"), lambda row: pgettext("between reasons", "; ").join(row.reasons)),
                ExportColumn(gettext_lazy("value at risk"), lambda row: row.case.value_at_risk, money=True),
                ExportColumn(gettext_lazy("since"), lambda row: row.case.opened_on),
                ExportColumn(gettext_lazy("in charge"), lambda row: getattr(row.case.in_charge, "name", "")),
                ExportColumn(gettext_lazy("state"), lambda row: row.case.get_state_display()),
                ExportColumn(gettext_lazy("settled by"), lambda row: row.case.due_on),
                ExportColumn(gettext_lazy("cause"), lambda row: getattr(row.case.cause, "name", "")),
                ExportColumn(gettext_lazy("cause in own words"), lambda row: row.case.cause_note),
                ExportColumn(gettext_lazy("plan"), lambda row: row.case.plan),
                ExportColumn(gettext_lazy("activities logged"), lambda row: row.doing.activities),
                ExportColumn(gettext_lazy("actions noted"), lambda row: row.doing.actions),
                ExportColumn(gettext_lazy("cost"), lambda row: row.doing.cost, money=True),
                ExportColumn(gettext_lazy("closed on"), lambda row: row.case.closed_on),
                ExportColumn(pgettext_lazy("of the end of a warning", "reason"), lambda row: row.case.close_reason),
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
    orders={
        "risk": ("value_at_risk", "pk"),
        "silent": ("-customer__facts__last_order_on", "-pk"),
        "chance": ("p_now", "pk"),
        "due": ("due_on", "pk"),
        "closing": ("closed_at", "pk"),
    },
    tabs=(
        Tab("open", gettext_lazy("Open"), lambda asked: WHERE["open"], order="-risk"),
        Tab("red", gettext_lazy("Red"), lambda asked: WHERE["red"], order="-risk"),
        Tab("new", pgettext_lazy("warning", "New"), lambda asked: WHERE["new"], order="-risk"),
        Tab("working", gettext_lazy("Being worked on"), lambda asked: WHERE["working"], order="-risk"),
        Tab("won_back", gettext_lazy("Won back"), lambda asked: WHERE["won_back"], order="-closing"),
        Tab("closed", gettext_lazy("Closed"), lambda asked: WHERE["closed"], order="-closing"),
        Tab("all", gettext_lazy("All"), order="-risk"),
    ),
    tab_parameter="view",
    first_tab=_first_tab,
    tab_counts=_counts,
    filters=FILTERS,
    search=_search,
    hint=gettext_lazy("Name, initials, phone tail, contact"),
    columns=(
        Column(gettext_lazy("Customer"), _customer, css="cell-customer"),
        Column(gettext_lazy("Why"), _why, css="cell-why", phone=""),
        Column(
            SORTS["risk"],
            lambda row: formatting.money_round(row.case.value_at_risk, currency()),
            css="number cell-risk",
            sort="risk",
            phone="",
        ),
        # The reasons name both: they have a column of their own where the list is sorted by them.
        Column(
            SORTS["silent"],
            _days,
            css="number cell-days",
            sort="silent",
            long=gettext_lazy("Days since the last purchase"),
            shown=lambda asked: asked.sort.lstrip("-") == "silent",
        ),
        Column(
            SORTS["chance"],
            _chance,
            css="number cell-chance",
            sort="chance",
            long=gettext_lazy("Chance of buying again, as of the night"),
            shown=lambda asked: asked.sort.lstrip("-") == "chance",
        ),
        Column(gettext_lazy("In charge"), _in_charge, css="cell-charge", phone=""),
        Column(gettext_lazy("Actions"), _acts, css="cell-acts", spoken=True),
    ),
    bulk=_bulk,
    named=lambda row: row.customer.name,
    empty=_empty,
    export=EXPORT,
    css="rows warns",
)
