"""One-time buyers who may buy again, and customers who may become high-value."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.db.models import Count, F, Q, QuerySet
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext_lazy

from accounts.filters import named_filter, team_filter
from accounts.masking import may_read
from accounts.models import User
from accounts.scope import reach_of
from core import clock
from core.company import currency
from core.contributions import ExportColumn
from customers import selectors
from customers.columns import owner_cell, tiered_customer_cell
from customers.models import Customer, CustomerFacts, Lifecycle, facts_of
from customers.search import searched
from sales.models import Order, OrderLine
from segmentation.buying import gaps
from segmentation.buying.selectors import missing_of, one_step_below, second_purchase
from segmentation.buying.words import missing_words, second_word, where_stands
from segmentation.catalogue import choices, every_choice, tier_of
from segmentation.entries import ENTRIES
from segmentation.models import Tier
from segmentation.selectors import scheme_of
from segmentation.wording import DAYS_COUNTED
from ui import cells, formatting
from ui.exports import Export, Sheet
from ui.listing import Asked, Cell, Column, Empty, Filter, Listing, Tab, Words

MOST_OFFERED = 12  # of people, among the filters one tap away
MOST_PRODUCTS = 3
TONES = {gaps.EARLY: "line", gaps.DUE: "ok", gaps.LATE: "warn"}


@dataclass(frozen=True)
class BuyerRow:
    """A customer of one of the lists; addresses are empty for what this person may not do."""

    customer: Customer
    facts: CustomerFacts
    tier: Tier | None
    today: Any
    products: Sequence[str] = ()
    where: str = ""  # early, due or late for a second purchase
    missing: str = ""
    spend_now: int | None = None
    spend_before: int | None = None
    call: str = ""
    log_url: str = ""
    plan_url: str = ""

    @property
    def pk(self) -> int:
        return self.customer.pk


def _rows(asked: Asked) -> QuerySet[Customer]:
    rows = Customer.objects.for_user(asked.user, "score.view", pool=False)
    return rows.select_related("facts", "owner", "buying_rhythm", "score_basis", *ENTRIES).defer("search_tokens")


def one_time_buyers(asked: Asked) -> QuerySet[Customer]:
    """Exactly one purchase day ever, and not lost."""
    return _rows(asked).filter(buying_rhythm__days=1).exclude(facts__lifecycle=Lifecycle.LOST)


def rising(asked: Asked) -> QuerySet[Customer]:
    """One step below a high-value tier, and spending more than before."""
    more = Q(score_basis__spend_now__gt=F("score_basis__spend_before"))
    return _rows(asked).filter(one_step_below(), more)


def _bought(user: User, customers: Sequence[Customer]) -> Mapping[int, list[str]]:
    """What these customers have bought, the most expensive first; nothing for who sees no orders. One query."""
    if not user.can("order.view"):
        return {}
    orders = Order.objects.for_user(user).filter(
        customer__in=customers, kind=Order.Kind.PURCHASE, state=Order.State.COMPLETED, amount__gt=0
    )
    lines = OrderLine.objects.filter(order__in=orders.order_by()).exclude(product__flag__gt="")
    found: dict[int, list[str]] = {}
    named = lines.values_list("order__customer", "product__name", "description").order_by("-unit_price", "pk")
    for pk, product, description in named:
        name = product or description
        if name and name not in found.setdefault(pk, []):
            found[pk].append(name)
    return found


def _draw_once(asked: Asked, page: list[Customer]) -> Iterable[BuyerRow]:
    """One-time buyers, with what they have bought."""
    return _draw(asked, page, _bought(asked.user, page))


def _draw(asked: Asked, page: list[Customer], products: Mapping[int, list[str]] | None = None) -> Iterable[BuyerRow]:
    user, reach, back = asked.user, reach_of(asked.user), asked.request.get_full_path()
    products = products or {}
    for customer in page:
        query = urlencode({"customer": customer.pk, "next": back})
        may_log = reach.holds(customer, "interaction.add")
        calls = may_log and customer.phone and may_read(user, customer, "phone")
        facts, scheme = facts_of(customer), scheme_of(customer)
        found = missing_of(customer)
        basis, rhythm = getattr(customer, "score_basis", None), getattr(customer, "buying_rhythm", None)
        silent = clock.days_since(rhythm.last_on) if rhythm else 0
        yield BuyerRow(
            customer,
            facts,
            tier_of(customer),
            asked.today,
            products.get(customer.pk, [])[:MOST_PRODUCTS],
            where_stands(silent, scheme) if rhythm and rhythm.days == 1 else "",
            missing_words(found) if found else "",
            basis.spend_now if basis else None,
            basis.spend_before if basis else None,
            customer.phone_uri if calls else "",
            f"{reverse('interaction_new')}?{query}" if may_log else "",
            f"{reverse('follow_up_new')}?{query}" if reach.holds(customer, "follow_up.add") else "",
        )


# --- cells -----------------------------------------------------------------------------------------------------------
def _bought_on(row: BuyerRow) -> Cell:
    """The day, and how long ago."""
    rhythm = row.customer.buying_rhythm
    ago = formatting.days_ago(clock.days_since(rhythm.last_on))
    return Cell(cells.escaped(ago), attributes=format_html(' title="{}"', formatting.day(rhythm.last_on)))


def _products(row: BuyerRow) -> SafeString:
    return cells.typed(formatting.listed(list(row.products))) if row.products else cells.DASH


def _stands(row: BuyerRow) -> SafeString:
    if row.facts.rated_tonight:
        return cells.escaped(_("rated tonight"))
    return cells.tag(str(capfirst(second_word(row.where))), TONES[row.where]) if row.where else cells.DASH


def _missing(row: BuyerRow) -> SafeString:
    if row.facts.rated_tonight:
        return cells.escaped(_("rated tonight"))
    return cells.escaped(row.missing) if row.missing else cells.DASH


def _spend(row: BuyerRow) -> str:
    code = currency()
    words = {
        "now": formatting.money_round(row.spend_now, code),
        "before": formatting.money_round(row.spend_before, code),
    }
    return _("%(now)s after %(before)s") % words


def _acts(row: BuyerRow) -> SafeString:
    name = row.customer.name
    acts = [
        (row.call, _("Call %(name)s") % {"name": name}, "phone", ""),
        (row.log_url, _("Log an activity with %(name)s") % {"name": name}, "pencil", SafeString(' data-action="log"')),
        (row.plan_url, _("Plan a follow-up with %(name)s") % {"name": name}, "calendar-clock", ""),
    ]
    line = '<a class="button quiet icon-only" href="{}"{} data-icon="{}" aria-label="{}" title="{}"></a>'
    shown = ((url, more, icon, label, label) for url, label, icon, more in acts if url)
    return format_html_join("", line, shown)


# --- filters ---------------------------------------------------------------------------------------------------------
def _owners(asked: Asked) -> Sequence[tuple[str, Words]]:
    if not reach_of(asked.user).beyond_own("score.view"):
        return []
    people = selectors.known_colleagues(asked.user).filter(is_active=True)
    return [(str(one.pk), one.name) for one in people[:MOST_OFFERED]]


FILTERS = (
    team_filter("team__path"),
    named_filter("owner", gettext_lazy("Owner"), User.objects, "owner", choices=_owners),
    Filter(
        "tier",
        gettext_lazy("Tier"),
        read=lambda asked, text: text if text in dict(every_choice()) else None,
        where=lambda asked, code: Q(facts__tier=code),
        words=lambda asked, code: dict(every_choice()).get(code, code),
        choices=lambda asked: choices(),
    ),
)


def _search(asked: Asked, rows: Any) -> QuerySet[Customer]:
    return searched(rows, asked.user, asked.q)


def _not_found(asked: Asked) -> Empty:
    text = _("Take one of the filters away, or clear them all.")
    return Empty(_("No customer fits"), text, asked.clear, _("Clear filters"), "x")


def _stand_counts(asked: Asked, rows: QuerySet[Customer]) -> Mapping[str, int]:
    counted = {where: Count("pk", filter=second_purchase(where, clock.business_date())) for where in TONES}
    return rows.order_by().aggregate(**counted, all=Count("pk"))


def _tab(where: str, label: Any) -> Tab:
    return Tab(where, label, where=lambda asked: second_purchase(where, clock.business_date()))


OWNER = Column(
    gettext_lazy("Owner"),
    owner_cell,
    phone="",
    shown=lambda asked: reach_of(asked.user).beyond_own("score.view"),
)
WHOSE = (
    ExportColumn(gettext_lazy("customer number"), lambda row: row.customer.number),
    ExportColumn(gettext_lazy("customer"), lambda row: row.customer.name),
    ExportColumn(gettext_lazy("owner"), lambda row: row.customer.owner and row.customer.owner.name),
    ExportColumn(gettext_lazy("tier"), lambda row: getattr(row.tier, "name", "")),
)


def _export(title: Any, home: str, page: str, draw: Any, columns: tuple[ExportColumn, ...]) -> Export:
    return Export(
        permission="customer.export",
        audit_act="customer.export",
        home=home,
        page=page,
        title=title,
        counted=lambda n: ngettext("%(n)s customer", "%(n)s customers", n) % {"n": f"{n:,}"},
        load=lambda rows: rows.select_related("facts", "owner", "buying_rhythm", "score_basis", *ENTRIES),
        sheets=(Sheet(title, Customer, (*WHOSE, *columns), lambda asked, page: draw(asked, list(page))),),
    )


SECOND = Listing(
    permission="score.view",
    rows=one_time_buyers,
    draw=_draw_once,
    caption=gettext_lazy("One-time buyers"),
    orders={
        "bought": ("buying_rhythm__last_on", "pk"),
        "value": ("facts__monetary", "facts__pk"),
        "contact": ("facts__last_contact_at", "facts__pk"),
        "next": ("facts__next_follow_up_on", "facts__pk"),
    },
    tabs=(
        _tab(gaps.DUE, pgettext_lazy("second purchase", "Due")),
        _tab(gaps.LATE, pgettext_lazy("second purchase", "Late")),
        _tab(gaps.EARLY, pgettext_lazy("second purchase", "Early")),
        Tab("all", gettext_lazy("All")),
    ),
    tab_parameter="view",
    first_tab=lambda asked: gaps.DUE,
    tab_counts=_stand_counts,
    first_sort="-bought",
    filters=FILTERS,
    search=_search,
    hint=gettext_lazy("Name, initials, phone tail, contact"),
    columns=(
        Column(gettext_lazy("Customer"), lambda row: tiered_customer_cell(row.customer, row.tier)),
        Column(gettext_lazy("Bought"), _bought_on, sort="bought", phone=""),
        Column(gettext_lazy("What they bought"), _products, css="cell-products", phone=""),
        Column(
            gettext_lazy("Amount"),
            lambda row: formatting.money_round(row.facts.monetary, currency()),
            css="number",
            sort="value",
        ),
        Column(gettext_lazy("Second purchase"), _stands, phone=""),
        OWNER,
        Column(
            gettext_lazy("Next follow-up"),
            lambda row: cells.due_cell(row.facts.next_follow_up_on, row.today),
            sort="next",
        ),
        Column(gettext_lazy("Actions"), _acts, css="acts", spoken=True),
    ),
    named=lambda row: row.customer.name,
    empty=lambda asked: Empty(
        _("Nobody here"), _("Who has bought on exactly one day stands here until a second purchase comes.")
    ),
    not_found=_not_found,
    export=_export(
        gettext_lazy("Second purchase"),
        "second_purchase",
        "second_purchase_export",
        _draw_once,
        (
            ExportColumn(gettext_lazy("bought on"), lambda row: row.customer.buying_rhythm.last_on),
            ExportColumn(gettext_lazy("what they bought"), lambda row: "; ".join(row.products)),
            ExportColumn(gettext_lazy("amount"), lambda row: row.facts.monetary, money=True),
            ExportColumn(gettext_lazy("second purchase"), lambda row: second_word(row.where) if row.where else ""),
            ExportColumn(gettext_lazy("next follow-up"), lambda row: row.facts.next_follow_up_on),
        ),
    ),
    css="lines buyers",
)
RISING = Listing(
    permission="score.view",
    rows=rising,
    draw=_draw,
    caption=gettext_lazy("Customers who may become high-value"),
    orders={
        "value": ("facts__monetary", "facts__pk"),
        "spend": ("score_basis__spend_now", "pk"),
        "contact": ("facts__last_contact_at", "facts__pk"),
        "next": ("facts__next_follow_up_on", "facts__pk"),
    },
    first_sort="-value",
    filters=FILTERS,
    search=_search,
    hint=gettext_lazy("Name, initials, phone tail, contact"),
    columns=(
        Column(gettext_lazy("Customer"), lambda row: tiered_customer_cell(row.customer, row.tier)),
        Column(pgettext_lazy("to a higher tier", "Missing"), _missing, phone=""),
        Column(
            DAYS_COUNTED,
            lambda row: formatting.money_round(row.facts.monetary, currency()),
            css="number",
            sort="value",
        ),
        Column(
            gettext_lazy("90 days"),
            _spend,
            css="number",
            sort="spend",
            long=gettext_lazy("bought for in the last 90 days, after the 90 before"),
        ),
        OWNER,
        Column(
            gettext_lazy("Next follow-up"),
            lambda row: cells.due_cell(row.facts.next_follow_up_on, row.today),
            sort="next",
        ),
        Column(gettext_lazy("Actions"), _acts, css="acts", spoken=True),
    ),
    named=lambda row: row.customer.name,
    empty=lambda asked: Empty(
        _("Nobody here"), _("Who is one step below a high-value tier and spends more than before stands here.")
    ),
    not_found=_not_found,
    export=_export(
        gettext_lazy("May become high-value"),
        "rising",
        "rising_export",
        _draw,
        (
            ExportColumn(pgettext_lazy("to a higher tier", "missing"), lambda row: row.missing),
            ExportColumn(gettext_lazy("amount"), lambda row: row.facts.monetary, money=True),
            ExportColumn(gettext_lazy("last 90 days"), lambda row: row.spend_now, money=True),
            ExportColumn(gettext_lazy("90 days before"), lambda row: row.spend_before, money=True),
            ExportColumn(gettext_lazy("next follow-up"), lambda row: row.facts.next_follow_up_on),
        ),
    ),
    css="lines buyers",
)
