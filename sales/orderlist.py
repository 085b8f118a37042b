"""The list of orders: by day, customer, channel, owner and state; as a file with a line of an order in each row."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from django.db.models import Count, Q, QuerySet, Sum
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext_lazy

from core import company
from core.contributions import ExportColumn
from customers.columns import WHOSE, customer_cell
from customers.models import Customer
from customers.selectors import customers_found
from sales import money, selectors
from sales.models import NUMBER_KEY, Order, OrderLine
from sales.orderfilters import FILTERS, MANUAL, contributed, sold
from ui import cells, formatting
from ui.exports import Export, Sheet
from ui.listing import Asked, Column, Empty, Listing, Total, Words
from ui.templatetags import ui

SHOWN = 3  # products of an order, by name
OF_LINES = ("products", "lines")
TONES: dict[str, str] = {Order.State.OPEN: "warn", Order.State.CANCELLED: "danger"}


@dataclass(frozen=True)
class OrderRow:
    """An order; its sum in the currency it was made in, and in the company's where that is another. `lines`: those of
    it, where a column tells of them."""

    order: Order
    customer: Customer | None
    lines: Sequence[OrderLine] = ()

    @property
    def pk(self) -> int:
        return self.order.pk


def _draw(asked: Asked, page: list[Order]) -> Iterable[OrderRow]:
    told = any(column.key in OF_LINES for column in asked.columns)
    return _with_lines(page) if told else [OrderRow(order, order.customer) for order in page]


def _with_lines(orders: Sequence[Order]) -> Iterable[OrderRow]:
    lines = _lines_of(orders)
    return [OrderRow(order, order.customer, lines.get(order.pk, ())) for order in orders]


def _lines_of(orders: Iterable[Order]) -> dict[int, list[OrderLine]]:
    found: dict[int, list[OrderLine]] = {}
    rows = OrderLine.objects.filter(order__in=[order.pk for order in orders]).select_related("product")
    for line in rows.order_by("pk"):
        found.setdefault(line.order_id, []).append(line)
    return found


# --- which rows -------------------------------------------------------------------------------------------------------
NUMBER = "number_key"
ORDERS_BY = {
    "day": ("ordered_at", "pk"),
    "amount": ("amount", "pk"),
    "customer": ("customer__name_sort", "-ordered_at", "-pk"),
    "number": (NUMBER, "pk"),
    "entered": ("pk",),
}


def _rows(asked: Asked) -> QuerySet[Order]:
    rows = selectors.orders(asked.user)
    more = [path for column in asked.columns for path in column.load]
    rows = rows.select_related("customer__owner", "channel", *more) if more else rows
    return rows.annotate(**{NUMBER: NUMBER_KEY}) if asked.sort.lstrip("-") == "number" else rows


def _search(asked: Asked, rows: QuerySet[Order]) -> QuerySet[Order]:
    """By order number, or by what finds the customer."""
    found = customers_found(asked.user, asked.q).order_by().values("pk")
    rows, begins, ends = selectors.numbered(rows, asked.q)
    return rows.filter((begins or Q(number__istartswith=asked.q)) | (ends or Q(pk__in=[])) | Q(customer__in=found))


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
    board = sold(asked, month).aggregate(**whole)
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


def _total(row: OrderRow) -> str:
    return formatting.money(row.order.total, row.order.currency)


def _by_currency(sums: Mapping[str, int]) -> SafeString:
    """Sums of money that can't be added up, each by itself."""
    parts = [(formatting.money(amount, code),) for code, amount in sums.items()]
    return format_html_join("", '<span class="block">{}</span>', parts)


def _counted(row: OrderRow) -> str:
    """What it adds to the sales: nothing while it is open, or cancelled."""
    if row.order.state != Order.State.COMPLETED:
        return cells.DASH
    return formatting.money(row.order.amount, company.currency())


def _own_money(amount: int) -> str:
    return formatting.money(amount, company.currency())


def _name_of(line: OrderLine) -> str:
    return line.description or (line.product.name if line.product else "")


def _products(row: OrderRow) -> str:
    names = list(dict.fromkeys(filter(None, map(_name_of, row.lines))))
    more = len(names) - SHOWN
    return formatting.listed(names[:SHOWN]) + (f" +{more}" if more > 0 else "") if names else cells.DASH


def _all_products(row: OrderRow) -> str:
    return formatting.listed(list(dict.fromkeys(filter(None, map(_name_of, row.lines)))))


def _return_of(row: OrderRow) -> SafeString | str:
    bought = row.order.return_of
    if bought is None:
        return cells.DASH
    return format_html('<a href="{}" data-user>{}</a>', cells.row_url("order", bought.pk), bought.number)


def _entered_by(row: OrderRow) -> SafeString:
    return cells.person(row.order.created_by.name if row.order.created_by else None)


def _source(row: OrderRow) -> str:
    return _("entered by hand") if row.order.source == MANUAL else row.order.source


def _of_customer(name: str) -> Callable[[OrderRow], str]:
    """A fact of the customer's file; a thing that it leads to says its name."""

    def value(row: OrderRow) -> str:
        found = getattr(row.customer, name) if row.customer else ""
        return str(getattr(found, "name", found) or "")

    return value


def _on_wish(key: str, label: Words, cell: Callable[[OrderRow], str], *load: str, **how: Any) -> Column:
    how = {"typed": True, **how}
    return Column(label, cell, key=key, on_wish=True, load=load, **how)


def _empty(asked: Asked) -> Empty:
    if asked.values or asked.only is not None:  # filters of the form have no chip
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
        return _name_of(self.line) if self.line else ""


def _lines(asked: Asked, orders: Sequence[Order]) -> Iterable[LineRow]:
    by_order = _lines_of(orders)
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
KEYS = ("", "", "kind", "state", "customer_number", "customer", "owner")
# The same as the list has them; number and time always go along.
LISTED_COLUMNS = tuple(replace(one, key=key, kept=not key) for one, key in zip(ORDER_COLUMNS, KEYS, strict=True))


def _file_column(key: str, head: Any, value: Callable[[OrderRow], object], **how: Any) -> ExportColumn:
    return ExportColumn(head, value, key=key, **how)


EXPORT = Export(
    permission="order.export",
    audit_act="order.export",
    home="order_list",
    page="order_export",
    title=gettext_lazy("Orders"),
    counted=lambda n: ngettext("%(n)s order", "%(n)s orders", n) % {"n": f"{n:,}"},
    load=lambda rows: rows.select_related(
        "customer__owner", "customer__team", "customer__industry", "channel", "return_of", "created_by"
    ).defer("customer__search_tokens"),
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
                *LISTED_COLUMNS,
                _file_column("channel", gettext_lazy("channel"), lambda row: getattr(row.order.channel, "name", "")),
                _file_column("region", gettext_lazy("region"), lambda row: row.order.region),
                _file_column("payment", gettext_lazy("payment method"), _payment),
                _file_column(
                    "total",
                    gettext_lazy("total"),
                    lambda row: formatting.major(row.order.total, row.order.currency),
                ),
                _file_column("currency", gettext_lazy("currency"), lambda row: row.order.currency),
                _file_column("amount", gettext_lazy("counted amount"), lambda row: row.order.amount, money=True),
                _file_column(
                    "counts",
                    gettext_lazy("counts as sales"),
                    lambda row: row.order.amount if row.order.state == Order.State.COMPLETED else None,
                    money=True,
                ),
                _file_column(
                    "return_of", gettext_lazy("return of"), lambda row: getattr(row.order.return_of, "number", "")
                ),
                _file_column("notes", gettext_lazy("notes"), lambda row: row.order.notes),
                _file_column("products", gettext_lazy("products"), _all_products),
                _file_column("lines", gettext_lazy("lines"), lambda row: len(row.lines)),
                _file_column("team", gettext_lazy("team"), _of_customer("team")),
                _file_column("industry", gettext_lazy("industry"), _of_customer("industry")),
                _file_column("home", gettext_lazy("region of the customer"), _of_customer("region")),
                _file_column("by", gettext_lazy("entered by"), lambda row: getattr(row.order.created_by, "name", "")),
                _file_column("entered", gettext_lazy("entered on"), lambda row: row.order.created_at),
                _file_column("source", gettext_lazy("Source"), _source),
            ),
            lambda asked, page: _with_lines(page),
        ),
    ),
    ticked=True,
)


ORDERS = Listing(
    permission="order.view",
    rows=_rows,
    draw=_draw,
    caption=gettext_lazy("Orders, the newest first"),
    orders=ORDERS_BY,
    first_sort="-day",
    more_sorts={"day": gettext_lazy("Day of the order"), "entered": gettext_lazy("Entered")},
    search=_search,
    hint=gettext_lazy("Order number or customer"),
    filters=FILTERS,
    further_filters=contributed,
    filters_page=True,
    columns=(
        Column(gettext_lazy("Order"), _order, sort="number"),
        Column(gettext_lazy("Customer"), _customer, sort="customer", phone="", key="customer"),
        Column(gettext_lazy("State"), _state, phone="", key="state"),
        Column(gettext_lazy("Channel"), _channel, key="channel"),
        Column(gettext_lazy("Owner"), _owner, key="owner"),
        _on_wish("kind", gettext_lazy("Kind"), lambda row: row.order.get_kind_display(), typed=False),
        _on_wish("products", gettext_lazy("Products"), _products, css="wraps"),
        _on_wish(
            "lines", gettext_lazy("Lines"), lambda row: formatting.number(len(row.lines)), css="number", typed=False
        ),
        _on_wish("payment", gettext_lazy("Payment method"), _payment),
        _on_wish("region", gettext_lazy("Region"), lambda row: row.order.region),
        _on_wish("notes", gettext_lazy("Notes"), lambda row: row.order.notes, css="wraps"),
        _on_wish("return_of", gettext_lazy("Return of"), _return_of, "return_of"),
        _on_wish("customer_number", gettext_lazy("Customer number"), _of_customer("number"), css="digits"),
        _on_wish("team", gettext_lazy("Team"), _of_customer("team"), "customer__team"),
        _on_wish("industry", gettext_lazy("Industry"), _of_customer("industry"), "customer__industry"),
        _on_wish("home", gettext_lazy("Region of the customer"), _of_customer("region")),
        _on_wish("by", gettext_lazy("Entered by"), _entered_by, "created_by", typed=False),
        _on_wish(
            "entered",
            gettext_lazy("Entered"),
            lambda row: formatting.moment(row.order.created_at),
            css="digits",
            typed=False,
        ),
        _on_wish("source", gettext_lazy("Source"), _source),
        _on_wish("currency", gettext_lazy("Currency"), lambda row: row.order.currency, typed=False),
        _on_wish(
            "total",
            gettext_lazy("Total in its currency"),
            _total,
            css="number",
            typed=False,
            total=Total(lambda asked: Sum("total"), _by_currency, each="currency"),
        ),
        _on_wish(
            "counts",
            gettext_lazy("Counts as sales"),
            _counted,
            css="number",
            typed=False,
            long=gettext_lazy("completed orders and returns; open and cancelled ones count nothing"),
            total=Total(lambda asked: Sum("amount", filter=Q(state=Order.State.COMPLETED), default=0), _own_money),
        ),
        Column(
            pgettext_lazy("of an order", "Amount"),
            _sum,
            css="number lead",
            sort="amount",
            phone="",
            key="amount",
            total=Total(lambda asked: Sum("amount"), _own_money),
        ),
    ),
    empty=_empty,
    export=EXPORT,
    home="order_list",
    called=gettext_lazy("Orders"),
)
