"""The list of churn warnings, the most money at risk first."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from django.db.models import Count, Q, QuerySet, Sum
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext, pgettext_lazy

from accounts.masking import may_read, mode_for
from accounts.models import Team, User
from accounts.policy import FULL, OWN, RELATIONS
from accounts.scope import reach_of
from core import clock
from core.company import currency
from core.contributions import ExportColumn
from core.http import row_id
from customers.columns import WHOSE
from customers.models import Customer, Warn, facts_of
from customers.search import searched
from segmentation import selectors
from segmentation.catalogue import choices, tier_of
from segmentation.models import ChurnCase, Tier
from segmentation.wording import NAMES, case_texts
from ui import cells, formatting
from ui.exports import Export, Sheet
from ui.listing import Asked, Bulk, Cell, Column, Empty, Filter, Listing, Tab, Words

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
SORTS = {
    "risk": gettext_lazy("Value at risk"),
    "silent": gettext_lazy("Days silent"),
    "chance": gettext_lazy("Buys again"),
}
# As each begins: the largest value, the longest silence, the smallest chance.
FIRST = {"risk": "-risk", "silent": "-silent", "chance": "chance"}
MOST_OFFERED = 12  # of people and teams, among the filters one tap away
ALL_TIERS = ("S", "A", "B", "C", "D")


@dataclass(frozen=True)
class WarningRow:
    """One case. `may_change`: this person may take it on or close it; `call`: where a tap on the phone leads them."""

    case: ChurnCase
    customer: Customer
    tier: Tier | None
    reasons: list[str]
    silent: int | None
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
            works and not case.closed_at,
            customer.phone_uri if works and calls(customer) and customer.phone else "",
            f"{log}?{query}" if may_log and may("interaction.add", customer) else "",
            f"{plan}?{query}&why=warning" if may_plan and may("follow_up.add", customer) else "",
        )


# --- cells -----------------------------------------------------------------------------------------------------------
def _customer(row: WarningRow) -> SafeString:
    customer = row.customer
    who = cells.customer(customer.name, cells.row_url("customer", customer.pk), customer.kind)
    return format_html("{} {}", who, cells.tier(row.tier))


def _why(row: WarningRow) -> Cell:
    """Level and the first two reasons; all of them and the day of the warning as tooltip."""
    red = row.case.level == Warn.RED
    level, tone = (_("red"), "alarm-danger") if red else (_("yellow"), "alarm-warn")
    since = _("Warning since %(day)s") % {"day": formatting.day_short(row.case.opened_on)}
    marks = format_html(' data-icon="triangle-alert" title="{}"', BETWEEN.join([*row.reasons, since]))
    told = BETWEEN.join([capfirst(level), *row.reasons[:2]])
    return Cell(cells.escaped(told), tone, marks)


def _days(row: WarningRow) -> str:
    return formatting.DASH if row.silent is None else formatting.number(row.silent)


def _in_charge(row: WarningRow) -> Cell:
    """Who works on it (until somebody does, the customer's owner) and how far it is, with the reason of a close."""
    case = row.case
    person = case.in_charge if case.in_charge and case.in_charge.is_active else row.customer.owner
    shown = cells.person_cell(person.name if person else None)
    state, reason = case.get_state_display(), SafeString()
    if case.close_reason:
        reason = format_html(' <span class="small muted" data-user>{}</span>', case.close_reason)
    return Cell(format_html("{}{}{}{}", shown.content, BETWEEN, state, reason), shown.css, shown.attributes)


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
        url = cells.row_url("warning_change", row.pk)
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
    false_alarms = Count("pk", filter=Q(state=State.FALSE_ALARM))
    return rows.order_by().aggregate(**counted, at_risk=at_risk, false_alarms=false_alarms)


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


def _name_of(asked: Asked, pk: int) -> str:
    """The name of a person that the reader may know of."""
    return User.objects.for_user(asked.user).filter(pk=pk).values_list("name", flat=True).first() or "—"


def _team(asked: Asked, text: str) -> Team | None:
    wanted = row_id(text)
    return None if wanted is None else Team.objects.for_user(asked.user).filter(pk=wanted).first()


def _teams(asked: Asked) -> list[tuple[str, Words]]:
    teams: dict[str, Words] = {str(one.team.pk): one.team.name for one in colleagues(asked) if one.team}
    return list(teams.items())[:MOST_OFFERED] if len(teams) > 1 else []


def _one_of(codes: Iterable[str]) -> Callable[[Asked, str], str | None]:
    known = set(codes)
    return lambda asked, text: text if text in known else None


def _customer_name(asked: Asked, pk: int) -> str:
    rows = asked.page.rows
    return rows[0].customer.name if rows else "—"


FILTERS = (
    Filter(
        "customer",
        gettext_lazy("Customer"),
        read=lambda asked, text: row_id(text),
        where=lambda asked, pk: Q(customer=pk),
        words=_customer_name,
    ),
    Filter(
        "team",
        gettext_lazy("Team"),
        read=_team,
        where=lambda asked, team: Q(customer__team__path__startswith=team.path),
        words=lambda asked, team: team.name,
        choices=_teams,
    ),
    Filter(
        "owner",
        gettext_lazy("Owner"),
        read=lambda asked, text: row_id(text),
        where=lambda asked, pk: Q(customer__owner=pk),
        words=_name_of,
        choices=_owners,
    ),
    Filter(
        "charge",
        gettext_lazy("In charge"),
        read=lambda asked, text: row_id(text),
        where=lambda asked, pk: Q(in_charge=pk),
        words=_name_of,
        choices=lambda asked: [(str(asked.user.pk), _("me"))] if asked.user.can("warning.change") else [],
    ),
    Filter(
        "tier",
        gettext_lazy("Tier"),
        read=_one_of(ALL_TIERS),
        where=lambda asked, code: Q(customer__facts__tier=code),
        words=lambda asked, code: dict(choices()).get(code, code),
        choices=lambda asked: choices(),
    ),
    Filter(
        "level",
        gettext_lazy("Level"),
        read=_one_of((Warn.RED, Warn.YELLOW)),
        where=lambda asked, level: Q(level=level),
        words=lambda asked, level: Warn(level).label,
        choices=lambda asked: [(one.value, one.label) for one in (Warn.RED, Warn.YELLOW)],
    ),
    Filter(
        "reason",
        gettext_lazy("Why"),
        read=_one_of(NAMES),
        where=lambda asked, code: Q(reasons__code=code),
        words=lambda asked, code: NAMES[code],
        choices=lambda asked: list(NAMES.items()),
    ),
    Filter(
        "state",
        gettext_lazy("State"),
        read=_one_of(State.values),
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
    load=lambda rows: rows.select_related("customer__facts", "customer__owner", "in_charge").prefetch_related(
        "reasons"
    ),
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
            lambda row: formatting.percent(row.case.p_now),
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
