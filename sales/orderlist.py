"""The list of orders: by day, customer, channel, owner and state; as a file with a line of an order in each row."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Count, Model, Q, QuerySet, Sum
from django.urls import reverse
from django.utils.dateparse import parse_date
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext_lazy

from accounts.models import User
from accounts.selectors import measured
from core import company
from core.contributions import ExportColumn
from core.http import row_id
from customers.columns import WHOSE, customer_cell
from customers.models import Customer
from customers.selectors import customers_found, known_channels, known_colleagues
from sales import money, selectors
from sales.goals import sold_by
from sales.models import Order, OrderLine, Product
from ui import cells, formatting
from ui.exports import Export, Sheet
from ui.listing import Asked, Column, Empty, Filter, Listing, Total, Words, choice_filter
from ui.templatetags import ui

TONES: dict[str, str] = {Order.State.OPEN: "warn", Order.State.CANCELLED: "danger"}


@dataclass(frozen=True)
class OrderRow:
    """An order; its sum in the currency it was made in, and in the company's where that is another."""

    order: Order
    customer: Customer | None

    @property
    def pk(self) -> int:
        return self.order.pk


def _draw(asked: Asked, page: list[Order]) -> Iterable[OrderRow]:
    for order in page:
        yield OrderRow(order, order.customer)


# --- filters ---------------------------------------------------------------------------------------------------------
def _day(asked: Asked, text: str) -> dt.date | None:
    try:
        day = parse_date(text.strip())
    except ValueError:
        return None
    return day if day and dt.date(1970, 1, 1) <= day <= dt.date(2200, 1, 1) else None


def _one_of(rows: QuerySet[Any], text: str) -> Any:
    """The row that an address names, of those whose name the person may see; None for any other text."""
    wanted = row_id(text)
    return None if wanted is None else rows.filter(pk=wanted).first()


def _named(asked: Asked, row: Model) -> Words:
    return str(row.name)  # type: ignore[attr-defined]


def _search(asked: Asked, rows: QuerySet[Order]) -> QuerySet[Order]:
    """By order number, or by what finds the customer."""
    found = customers_found(asked.user, asked.q).order_by().values("pk")
    rows, begins, ends = selectors.numbered(rows, asked.q)
    return rows.filter((begins or Q(number__istartswith=asked.q)) | (ends or Q(pk__in=[])) | Q(customer__in=found))


# --- the net sales of a month on the board of a team ------------------------------------------------------------------
def _month(asked: Asked, text: str) -> dt.date | None:
    try:
        month = dt.date.fromisoformat(f"{text.strip()}-01")
    except ValueError:
        return None
    return month if 1970 <= month.year <= 2200 else None


def _seller(asked: Asked, text: str) -> User | None:
    """Of the people whose figures the reader may see; without a month there is nothing that they sold in it."""
    wanted = row_id(text)
    if wanted is None or _month(asked, asked.given.get("sold", "")) is None:
        return None
    return measured(asked.user, left=True).filter(pk=wanted).first()


def _sold(asked: Asked, month: dt.date) -> QuerySet[Order, dict[str, Any]]:
    seller = asked.values.get("seller")
    people = [seller.pk] if seller else measured(asked.user, left=True).values_list("pk", flat=True)
    return sold_by(people, month)


@dataclass(frozen=True)
class NetSales:
    """What the orders of the list come to; `elsewhere` are those of the figure on the board that it can't show."""

    total: int
    elsewhere: int
    elsewhere_total: int


def net_sales(asked: Asked) -> NetSales | None:
    """The sum of a list that a month's net sales opened; None for any other list.

    The board counts what was sold to customers whom somebody out of reach has now: of these orders the list says how
    many there are and what they come to, so that it is the board's figure.
    """
    month = asked.values.get("sold")
    if month is None:
        return None
    whole = {"n": Count("pk"), "total": Sum("amount", default=0)}
    listed = asked.rows.order_by().aggregate(**whole)
    if asked.q or asked.values.keys() - {"sold", "seller"}:
        return NetSales(listed["total"], 0, 0)
    board = _sold(asked, month).aggregate(**whole)
    return NetSales(listed["total"], board["n"] - listed["n"], board["total"] - listed["total"])


# --- cells -----------------------------------------------------------------------------------------------------------
def _order(row: OrderRow) -> SafeString:
    link = '<a href="{}" data-user>{}</a><span class="block tiny muted digits">{}</span>'
    return format_html(link, cells.row_url("order", row.pk), row.order.number, formatting.moment(row.order.ordered_at))


def _customer(row: OrderRow) -> SafeString:
    if row.customer is None:
        return format_html('<span class="muted">{}</span>', _("without customer"))
    return customer_cell(row.customer)


def _state(row: OrderRow) -> SafeString:
    """What kind it is where it is no purchase, and whether it counts."""
    kind = ui.tag(row.order.get_kind_display(), "line") if row.order.kind == Order.Kind.RETURN else SafeString()
    state = ui.tag(row.order.get_state_display(), TONES.get(row.order.state, "ok"))
    return format_html("{} {}", state, kind) if kind else state


def _sum(row: OrderRow) -> SafeString | str:
    order, own = row.order, company.currency()
    made = formatting.money(order.total, order.currency)
    if order.currency == own:
        return made
    return format_html('{}<span class="block tiny muted">{}</span>', made, formatting.money(order.amount, own))


def _channel(row: OrderRow) -> SafeString | str:
    return row.order.channel.name if row.order.channel else cells.DASH


def _owner(row: OrderRow) -> SafeString:
    owner = row.customer.owner if row.customer else None
    return cells.person(owner.name if owner else None)


def _empty(asked: Asked) -> Empty:
    if asked.values:  # filters of the form have no chip
        cure = _("Take one of the filters away, or clear them all.")
        return Empty(_("Nothing fits"), cure, reverse("order_list"), _("Clear filters"), "x")
    text = _("They come with an import of orders, or enter one by hand.")
    if not asked.user.can("order.add"):
        return Empty(_("No orders yet"), icon="receipt")
    return Empty(_("No orders yet"), text, reverse("order_new"), _("New order"), "receipt")


# --- as a file -------------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class LineRow:
    """A line with its order; an order without lines has one row without."""

    order: Order
    customer: Customer | None
    line: OrderLine | None

    @property
    def pk(self) -> int:
        return self.order.pk

    @property
    def name(self) -> str:
        line = self.line
        return "" if line is None else line.description or (line.product.name if line.product else "")


def _lines(asked: Asked, orders: Sequence[Order]) -> Iterable[LineRow]:
    by_order: dict[int, list[OrderLine]] = {}
    rows = OrderLine.objects.filter(order__in=[order.pk for order in orders]).select_related("product")
    for line in rows.order_by("pk"):
        by_order.setdefault(line.order_id, []).append(line)
    for order in orders:
        for one in by_order.get(order.pk, ()):
            yield LineRow(order, order.customer, one)
        if order.pk not in by_order:
            yield LineRow(order, order.customer, None)


def _of_line(head: Any, name: str) -> ExportColumn:
    def value(row: LineRow) -> Decimal | None:
        found: Decimal | None = getattr(row.line, name) if row.line else None
        return money.plain(found)

    return ExportColumn(head, value)


def _payment(row: Any) -> str:
    method = row.order.payment_method
    return str(dict(Order.Payment.choices).get(method, method)) if method else ""


ORDER_COLUMNS = (
    ExportColumn(gettext_lazy("order number"), lambda row: row.order.number),
    ExportColumn(gettext_lazy("ordered at"), lambda row: row.order.ordered_at),
    ExportColumn(gettext_lazy("kind"), lambda row: row.order.get_kind_display()),
    ExportColumn(gettext_lazy("state"), lambda row: row.order.get_state_display()),
    *WHOSE,
)
EXPORT = Export(
    permission="order.export",
    audit_act="order.export",
    home="order_list",
    page="order_export",
    title=gettext_lazy("Orders"),
    counted=lambda n: ngettext("%(n)s order", "%(n)s orders", n) % {"n": f"{n:,}"},
    load=lambda rows: rows.select_related("customer__owner", "channel", "return_of").defer("customer__search_tokens"),
    sheets=(
        Sheet(
            gettext_lazy("Order lines"),
            Order,
            (
                *ORDER_COLUMNS,
                ExportColumn(
                    gettext_lazy("product number"), lambda row: getattr(row.line and row.line.product, "sku", "")
                ),
                ExportColumn(gettext_lazy("product"), lambda row: row.name),
                _of_line(gettext_lazy("quantity"), "quantity"),
                _of_line(gettext_lazy("unit price"), "unit_price"),
                _of_line(gettext_lazy("discount"), "discount"),
                _of_line(gettext_lazy("amount of the line"), "amount"),
                ExportColumn(gettext_lazy("currency"), lambda row: row.order.currency),
            ),
            _lines,
        ),
        Sheet(
            gettext_lazy("Orders"),
            Order,
            (
                *ORDER_COLUMNS,
                ExportColumn(gettext_lazy("channel"), lambda row: row.order.channel.name if row.order.channel else ""),
                ExportColumn(gettext_lazy("region"), lambda row: row.order.region),
                ExportColumn(gettext_lazy("payment method"), _payment),
                ExportColumn(gettext_lazy("total"), lambda row: formatting.major(row.order.total, row.order.currency)),
                ExportColumn(gettext_lazy("currency"), lambda row: row.order.currency),
                ExportColumn(gettext_lazy("counted amount"), lambda row: row.order.amount, money=True),
                ExportColumn(
                    gettext_lazy("return of"), lambda row: row.order.return_of.number if row.order.return_of else ""
                ),
                ExportColumn(gettext_lazy("notes"), lambda row: row.order.notes),
            ),
            lambda asked, page: _draw(asked, list(page)),
        ),
    ),
)


ORDERS = Listing(
    permission="order.view",
    rows=lambda asked: selectors.orders(asked.user),
    draw=_draw,
    caption=gettext_lazy("Orders, the newest first"),
    orders={"day": ("ordered_at", "pk"), "amount": ("amount", "pk")},
    first_sort="-day",
    more_sorts={"day": gettext_lazy("Day of the order")},
    search=_search,
    hint=gettext_lazy("Order number or customer"),
    filters=(
        Filter(
            "product",
            gettext_lazy("Product"),
            read=lambda asked, text: Product.objects.filter(pk=pk).first() if (pk := row_id(text)) else None,
            where=lambda asked, product: Q(pk__in=OrderLine.objects.filter(product=product).values("order")),
            words=lambda asked, product: product.name,
        ),
        Filter(
            "paid",
            gettext_lazy("Payment method"),
            read=lambda asked, text: text[:40] or None,
            where=lambda asked, method: Q(payment_method=method),
            words=lambda asked, method: dict(Order.Payment.choices).get(method, method),
        ),
        Filter(
            "since",
            gettext_lazy("from"),
            read=_day,
            where=lambda asked, day: Q(ordered_on__gte=day),
            words=lambda asked, day: formatting.day(day),
            chip=False,
        ),
        Filter(
            "until",
            gettext_lazy("until"),
            read=_day,
            where=lambda asked, day: Q(ordered_on__lte=day),
            words=lambda asked, day: formatting.day(day),
            chip=False,
        ),
        choice_filter("state", gettext_lazy("state"), lambda: Order.State.choices, chip=False),
        choice_filter("kind", gettext_lazy("kind"), lambda: Order.Kind.choices, chip=False),
        Filter(
            "channel",
            gettext_lazy("channel"),
            read=lambda asked, text: _one_of(known_channels(), text),
            where=lambda asked, row: Q(channel=row),
            words=_named,
            chip=False,
        ),
        Filter(
            "owner",
            gettext_lazy("owner"),
            read=lambda asked, text: _one_of(known_colleagues(asked.user), text),
            where=lambda asked, row: Q(customer__owner=row),
            words=_named,
            chip=False,
        ),
        Filter(
            "customer",
            gettext_lazy("customer"),
            read=lambda asked, text: _one_of(Customer.objects.for_user(asked.user), text),
            where=lambda asked, row: Q(customer=row),
            words=_named,
        ),
        Filter(
            "sold",
            gettext_lazy("Net sales"),
            read=_month,
            where=lambda asked, month: Q(pk__in=_sold(asked, month).values("pk")),
            words=lambda asked, month: formatting.month(month),
        ),
        Filter(
            "seller",
            gettext_lazy("Whose customer it was"),
            read=_seller,
            where=lambda asked, seller: Q(),  # `sold` has asked for it
            words=_named,
        ),
        Filter(
            "worth",
            gettext_lazy("amount"),
            read=lambda asked, text: True if text == "1" else None,
            where=lambda asked, _true: Q(amount__gt=0),
            words=lambda asked, _true: _("more than nothing"),
        ),
    ),
    columns=(
        Column(gettext_lazy("Order"), _order),
        Column(gettext_lazy("Customer"), _customer, phone="", key="customer"),
        Column(gettext_lazy("State"), _state, phone="", key="state"),
        Column(gettext_lazy("Channel"), _channel, key="channel"),
        Column(gettext_lazy("Owner"), _owner, key="owner"),
        Column(gettext_lazy("Payment method"), _payment, key="payment", on_wish=True, typed=True),
        Column(gettext_lazy("Region"), lambda row: row.order.region, key="region", on_wish=True, typed=True),
        Column(gettext_lazy("Notes"), lambda row: row.order.notes, "wraps", key="notes", on_wish=True, typed=True),
        Column(
            pgettext_lazy("of an order", "Amount"),
            _sum,
            css="number lead",
            sort="amount",
            phone="",
            key="amount",
            total=Total(lambda asked: Sum("amount"), lambda amount: formatting.money(amount, company.currency())),
        ),
    ),
    empty=_empty,
    export=EXPORT,
    home="order_list",
    called=gettext_lazy("Orders"),
)
