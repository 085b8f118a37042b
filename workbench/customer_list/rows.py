"""What a row of the customer list shows, and its cells."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from html import escape
from typing import Any
from urllib.parse import quote

from django.db.models import Sum
from django.db.models.functions import TruncMonth
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from accounts.masking import is_pool_only
from accounts.models import User
from accounts.scope import reach_of
from core import clock, company, numbers
from customers import completeness, persistence, ways
from customers.models import Customer, CustomerFacts, Lifecycle, Stage, Warn, facts_of
from customers.onefield.forms import edits
from customers.own.values import people_of
from sales.models import Order
from segmentation import catalogue, further, rfm
from segmentation.buying.gaps import TIER
from segmentation.models import Tier
from segmentation.selectors import days_that_count
from segmentation.wording import days_counted
from ui import cells, charts, formatting
from ui.listing import Asked, Cell
from workbench.customer_list.narrowing import Narrowing

TYPED = SafeString(" data-user")
MONTHS = 12


@dataclass(frozen=True)
class CustomerRow:
    """One customer as this person may read it, on their `today`.

    Of a customer in the pool whom the person sees only there, `limited`, nothing but name, tier and place is shown.
    `months`: net amounts of the last twelve months in minor units, empty without an order.
    `counted`: what the figure behind which the list stands added up of the customer.
    """

    customer: Customer
    facts: CustomerFacts
    tier: Tier | None
    url: str
    limited: bool
    claim_url: str
    months: list[int]
    today: date
    counted: int | None = None
    people: Mapping[int, str] = field(default_factory=dict)  # whom own fields name
    call: SafeString = ways.NOTHING  # one tap, on a phone
    in_pool: bool = False  # in that view the region has a column; elsewhere it stands beside the name
    edits: frozenset[str] = frozenset()  # facts of the shown columns that the person may change

    @property
    def pk(self) -> int:
        return self.customer.pk


def draw(asked: Asked, page: list[Customer]) -> Iterable[CustomerRow]:
    """The rows of a page of masked customers."""
    user, back = asked.user, quote(asked.query().removeprefix("?"))
    may_claim, today = user.can("customer.claim"), timezone.localdate()
    sums, firsts = bought_by_month(user, page), clock.months_back(clock.business_date(), MONTHS)
    counted, people = _counted(asked, page), people_of(page)
    edited, reach = [column.key for column in asked.edited], reach_of(user)
    for customer in page:
        limited = is_pool_only(user, customer)
        bought = sums.get(customer.pk, {})
        may_change = bool(edited) and reach.holds(customer, "customer.change")
        yield CustomerRow(
            customer=customer,
            facts=facts_of(customer),
            tier=catalogue.tier_of(customer),
            url=f"{cells.row_url('customer', customer.pk)}?list={back}",
            limited=limited,
            claim_url=cells.row_url("customer_claim", customer.pk) if limited and may_claim else "",
            months=[bought.get(first, 0) for first in firsts] if bought else [],
            today=today,
            counted=counted.get(customer.pk),
            people=people,
            call=ways.NOTHING if limited else ways.call(user, customer),
            in_pool=limited and asked.tab.key == "pool",
            edits=frozenset(name for name in edited if edits(user, customer, name)) if may_change else frozenset(),
        )


def form_of(name: str) -> Callable[[CustomerRow], str]:
    """The address of the form that changes this fact where it stands."""
    return lambda row: reverse("customer_field", args=[row.pk, name]) if name in row.edits else ""


def bought_by_month(user: User, customers: list[Customer]) -> dict[int, dict[date, int]]:
    """customer id -> first of month -> net amount in minor units, for the last 12 months; one query.

    Whose orders may be seen is decided on the rows in hand, which costs nothing; for_user would join the customers
    again, and that took five times as long as the sums.
    """
    first = clock.months_back(clock.business_date(), MONTHS)[0]
    reach = reach_of(user)
    ids = [customer.pk for customer in customers if reach.holds(customer, "order.view")]
    if not ids:
        return {}
    # unscoped: decided on the customers in hand, see above
    rows = Order.objects.filter(customer__in=ids, ordered_on__gte=first, state=Order.State.COMPLETED)
    sums: dict[int, dict[date, int]] = {}
    grouped = rows.annotate(month=TruncMonth("ordered_on")).values("customer_id", "month").annotate(net=Sum("amount"))
    for pk, month_start, net in grouped.order_by().values_list("customer_id", "month", "net"):
        sums.setdefault(pk, {})[month_start] = net
    return sums


def adds_up(asked: Asked) -> bool:
    """Whether the list is that of a figure that added up sales."""
    return isinstance(asked.narrowing, Narrowing) and asked.narrowing.adds_up


def _counted(asked: Asked, page: list[Customer]) -> Mapping[int, int]:
    """What that figure added up, by customer, as far as the person may see their orders; one query."""
    if not (isinstance(asked.narrowing, Narrowing) and asked.narrowing.drill and asked.narrowing.drill.sums):
        return {}
    reach = reach_of(asked.user)
    return asked.narrowing.drill.sums([customer.pk for customer in page if reach.holds(customer, "order.view")])


# --- cells -----------------------------------------------------------------------------------------------------------
def name(row: CustomerRow) -> Cell:
    """Avatar and linked name, and where the screen is wide region and industry: the text of the cell itself."""
    customer = row.customer
    linked = cells.customer(customer.name, row.url, customer.kind)
    region = "" if row.in_pool else customer.region
    industry = "" if row.limited or customer.industry is None else customer.industry.name
    place = " · ".join(filter(None, (region, industry)))
    return Cell(mark_safe(f"{linked} {escape(place)}{row.call}"), attributes=TYPED)  # noqa: S308


def tier(row: CustomerRow) -> Cell:
    """Letter and word."""
    return cells.tier_cell(row.tier)


def scores(row: CustomerRow) -> Cell | str:
    """Recency, frequency and monetary value as three tiles."""
    if row.limited:
        return ""
    if row.facts.rated_tonight:
        return Cell(escape(_("rated tonight")), "muted")
    return cells.rfm_cell(row.facts.r, row.facts.f, row.facts.m)


def health(row: CustomerRow) -> Cell | str:
    """Of 100, a dash while nothing is known."""
    return _score(row, row.facts.health)


def potential(row: CustomerRow) -> Cell | str:
    """The same."""
    return _score(row, row.facts.potential)


def interaction(row: CustomerRow) -> Cell | str:
    """The same."""
    return _score(row, row.facts.interaction_score)


def expected(row: CustomerRow) -> Cell | str:
    """The day on which the next purchase is expected; ~ before one by the rhythm of the tier."""
    if row.limited:
        return ""
    if row.facts.rated_tonight:
        return Cell(escape(_("rated tonight")), "muted")
    on = row.facts.next_order_on
    if on is None:
        return cells.DASH_CELL
    return f"{'~' if row.facts.next_order_by == TIER else ''}{formatting.day_short(on)}"


def _score(row: CustomerRow, points: int | None) -> Cell | str:
    if row.limited:
        return ""
    return cells.DASH_CELL if points is None else str(points)


def satisfaction(row: CustomerRow) -> Cell | str:
    """Its word."""
    return _word(row, further.satisfaction_word(row.facts))


def loyalty(row: CustomerRow) -> Cell | str:
    """Its word."""
    return _word(row, further.loyalty_word(row.facts))


def _word(row: CustomerRow, word: str) -> Cell | str:
    if row.limited:
        return ""
    return cells.escaped(capfirst(word)) if word else cells.DASH_CELL


def qualification(row: CustomerRow) -> Cell | str:
    """BANT or FAINT, of 100."""
    return _score(row, row.facts.qualification)


def lifecycle(row: CustomerRow) -> str:
    """Its word."""
    return "" if row.limited else _lifecycle(row.facts.lifecycle_word)


@lru_cache(maxsize=64)
def _lifecycle(word: str) -> SafeString:
    return cells.escaped(capfirst(word))


def phone(row: CustomerRow) -> str:
    """As this person may read it."""
    return "" if row.limited else row.customer.phone


def phone2(row: CustomerRow) -> str:
    """As this person may read it."""
    return "" if row.limited else row.customer.phone2


def email(row: CustomerRow) -> str:
    """As this person may read it."""
    return "" if row.limited else row.customer.email


def wechat(row: CustomerRow) -> str:
    """As this person may read it."""
    return "" if row.limited else row.customer.wechat


def address(row: CustomerRow) -> str:
    """As this person may read it."""
    return "" if row.limited else row.customer.address


def number(row: CustomerRow) -> str:
    """What the company calls the customer by."""
    return row.customer.number


def entry_of(name: str) -> Callable[[CustomerRow], str]:
    """The cell of what is chosen from a catalogue."""

    def cell(row: CustomerRow) -> str:
        found = None if row.limited else getattr(row.customer, name)
        return found.name if found else ""

    return cell


def service_owner(row: CustomerRow) -> str:
    """Who looks after the customer beside the owner."""
    found = None if row.limited else row.customer.service_owner
    return found.name if found else ""


def warning(row: CustomerRow) -> Cell | str:
    """The level of the open warning."""
    return _word(row, row.facts.get_warning_display() if row.facts.warning not in ("", Warn.NONE) else "")


def complaints(row: CustomerRow) -> Cell | str:
    """How many aren't closed."""
    return _score(row, row.facts.open_complaints or None)


def orders(row: CustomerRow) -> Cell | str:
    """How many purchases of all times."""
    return "" if row.limited else formatting.number(row.facts.orders_total or 0)


def touches(row: CustomerRow) -> Cell | str:
    """How often somebody was in touch, before the first order out of how often that takes."""
    times = row.facts.touches
    if row.limited or row.facts.last_order_on or times >= persistence.wanted():
        return "" if row.limited else formatting.number(times)
    return _("%(n)s of %(wanted)s") % {"n": times, "wanted": persistence.wanted()}


def first_order(row: CustomerRow) -> Cell | str:
    """The day of the first purchase."""
    return _day(row, row.facts.first_order_on)


def last_order(row: CustomerRow) -> Cell | str:
    """The day of the last purchase."""
    return _day(row, row.facts.last_order_on)


def created(row: CustomerRow) -> Cell | str:
    """The day on which the file was made."""
    return _day(row, clock.business_date(row.customer.created_at))


def _day(row: CustomerRow, day: date | None) -> Cell | str:
    if row.limited:
        return ""
    return cells.DASH_CELL if day is None else formatting.day_short(day)


def owner(row: CustomerRow) -> Cell | str:
    """Avatar and name of the colleague, or that there is none."""
    found = row.customer.owner
    return cells.person_cell(found.name if found else None)


def region(row: CustomerRow) -> str:
    """Where the customer is, as far as everybody sees it."""
    return row.customer.region


def complete(row: CustomerRow) -> str:
    """How much of what the company asks for the file holds."""
    return "" if row.limited else f"{getattr(row.customer, completeness.PATH)}%"


def stage(row: CustomerRow) -> str:
    """Its word."""
    return capfirst(row.customer.get_stage_display())


def pooled(row: CustomerRow) -> Cell | str:
    """How long the customer has had no owner."""
    return cells.since_cell(getattr(row.customer, "pooled_at", None), row.today)


def last_owner(row: CustomerRow) -> str:
    """Who had the customer before; a dash where nobody did."""
    found = getattr(row.customer, "last_owner", None)
    return cells.typed(found) if found else cells.DASH


def contact(row: CustomerRow) -> Cell | str:
    """How long ago the last contact was; the exact moment as tooltip."""
    return "" if row.limited else cells.since_cell(row.facts.last_contact_at, row.today, numbers.number("silent_days"))


def next_step(row: CustomerRow) -> Cell | str:
    """The planned day, that a plan is missing, or the button that claims a customer of the pool."""
    if row.limited:
        return _claim(row.claim_url) if row.claim_url else ""
    customer, planned = row.customer, row.facts.next_follow_up_on
    left = customer.do_not_contact or customer.stage == Stage.PAUSED or row.facts.lifecycle == Lifecycle.LOST
    return cells.DASH_CELL if left and not planned else cells.due_cell(planned, row.today)


def _claim(url: str) -> SafeString:
    button = '<button class="button small" type="submit" form="claim" formaction="{}" data-icon="hand">{}</button>'
    return format_html(button, url, _("Claim"))


def sales_head() -> str:
    """Of twelve months; where a night counts other days than those of a year, of the days that the list sorts by."""
    return _("12 months") if days_that_count() == rfm.WINDOW_DAYS else days_counted()


def sales(row: CustomerRow) -> Cell | str:
    """What was bought in twelve months, and when; where other days count, what was bought in them."""
    if row.limited:
        return ""
    if not row.months:
        return cells.DASH_CELL
    bought = sum(row.months) if days_that_count() == rfm.WINDOW_DAYS else row.facts.monetary or 0
    amount = escape(formatting.money_round(bought, company.currency()))
    return mark_safe(amount + charts.month_bars(row.months))  # noqa: S308


def counted(row: CustomerRow) -> str:
    """What the figure added up of the customer."""
    return formatting.DASH if row.counted is None else formatting.money_round(row.counted, company.currency())


def named(row: CustomerRow) -> Any:
    """What the row is called."""
    return row.customer.name
