"""One row of a file as one staged order line. Cells that come again (dates, prices) are read only once."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from functools import partial
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from core.refusals import ROW_ERRORS, Refusals
from customers.imports import values
from customers.imports.values import BadCellError
from sales import money
from sales.imports.columns import LABELS

# As they stand in the staging table; `number` is filled in later for rows without order number.
STAGED = (
    "row_no", "error", "number", "content", "customer_no", "customer_name", "customer_kind", "company", "phone",
    "email", "owner_email", "ordered_at", "ordered_on", "sku", "product", "quantity", "unit_price", "unit_cost",
    "discount", "amount", "payment_method", "channel", "region",
)  # fmt: skip
STAGED_TYPES = (
    "row_no integer PRIMARY KEY, error text, number text, content text, customer_no text, customer_name text,"
    " customer_kind text, company text, phone text, email text, owner_email text, ordered_at timestamptz,"
    " ordered_on date, sku text, product text, quantity numeric, unit_price numeric, unit_cost numeric,"
    " discount numeric, amount numeric, payment_method text, channel text, region text"
)
LIMITS = {
    "order_no": 80, "customer_no": 40, "customer_name": 160, "company": 160, "phone": 40, "email": 254, "sku": 60,
    "product": 200, "payment_method": 40, "channel": 80, "region": 80, "customer_kind": 40, "owner_email": 254,
}  # fmt: skip
# Digits before the point and decimals kept, in the order of the staging table.
FIGURES = {"quantity": (11, 3), "unit_price": (14, 4), "unit_cost": (14, 4), "discount": (14, 4), "amount": (15, 6)}
KNOWN_FIGURES = 100_000
ROW_NO, CONTENT, CUSTOMER, WHEN, ON = (
    STAGED.index(name) for name in ("row_no", "content", "customer_no", "ordered_at", "ordered_on")
)
SKU, PRODUCT, FIRST_FIGURE = (STAGED.index(name) for name in ("sku", "product", "quantity"))
ONE, ZERO = Decimal(1), Decimal(0)

KINDS = {
    "person": "person", "individual": "person", "b2c": "person", "个人": "person", "自然人": "person",
    "company": "company", "business": "company", "organisation": "company", "organization": "company",
    "b2b": "company", "公司": "company", "企业": "company", "单位": "company",
}  # fmt: skip
PAYMENTS = {
    "cash": "cash", "现金": "cash", "transfer": "transfer", "bank transfer": "transfer", "银行转账": "transfer",
    "转账": "transfer", "对公转账": "transfer", "card": "card", "credit card": "card", "刷卡": "card",
    "银行卡": "card", "信用卡": "card", "wechat": "wechat", "wechat pay": "wechat", "微信": "wechat",
    "微信支付": "wechat", "alipay": "alipay", "支付宝": "alipay", "credit": "credit", "on account": "credit",
    "挂账": "credit", "月结": "credit", "other": "other", "其他": "other",
}  # fmt: skip


@dataclass(frozen=True)
class Context:
    """What rows are read against: zones, currency and its rates by day, e-mails of possible owners, channels."""

    zone: ZoneInfo
    company_zone: ZoneInfo
    currency: str
    rates: Mapping[date, Decimal] | None = None  # None: the company's own currency
    owners: frozenset[str] = frozenset()
    channels: frozenset[str] | None = None  # None: unknown ones are made
    moments: dict[str, tuple[str, date, str]] = field(default_factory=dict)


class LineReader:
    """Callable: (row number, cells) -> values in the order of STAGED; refused rows hold number and reason only."""

    def __init__(self, columns: Sequence[str], mapping: Mapping[str, str], context: Context) -> None:
        self.context = context
        self.width = len(columns)
        self.at = {name: columns.index(column) for name, column in mapping.items()}
        self._texts = [
            (STAGED.index("number" if name == "order_no" else name), self.at[name], name, limit)
            for name, limit in LIMITS.items()
            if name in self.at
        ]
        self._special = [
            name for name in ("customer_kind", "owner_email", "channel", "payment_method") if name in self.at
        ]
        self._figures_at = [(name, self.at[name]) for name in FIGURES if name in self.at]
        self._refusal = Refusals()
        self._known_figures: dict[tuple[str, ...], tuple[str, ...]] = {}

    def __call__(self, row_no: int, cells: Sequence[str]) -> Sequence:
        try:
            return self._line(row_no, cells)
        except ROW_ERRORS as error:
            return (row_no, self._refusal(row_no, error), *[None] * (len(STAGED) - 2))

    def _line(self, row_no: int, cells: Sequence[str]) -> list:
        if len(cells) > self.width and any(cells[self.width :]):
            raise BadCellError(_("The row has more cells than the header has columns. Is a quotation mark missing?"))
        line: list = [None] * len(STAGED)
        line[ROW_NO] = row_no
        line[WHEN], line[ON], written = self._when(cells[self.at["ordered_at"]])
        line[FIRST_FIGURE : FIRST_FIGURE + len(FIGURES)] = figures = self._figures(cells)
        for place, index, name, limit in self._texts:
            text = cells[index]
            if text and (len(text) > limit or not text.isprintable() or values.unseen(text)):
                text = _at(name, text, partial(_limited, limit))
            line[place] = text
        for name in self._special:
            self._translate(name, line)
        content = (line[CUSTOMER] or "", written, line[SKU] or "", line[PRODUCT] or "", *figures)
        line[CONTENT] = hashlib.md5("\x1f".join(content).encode(), usedforsecurity=False).hexdigest()
        return line

    # --- time --------------------------------------------------------------------------------------------------------
    def _when(self, text: str) -> tuple[str, date, str]:
        """(UTC, company day, as written); each spelling is read once."""
        known = self.context.moments.get(text)
        if known is None:
            known = self.context.moments[text] = _at("ordered_at", text, self._moment)
        return known

    def _moment(self, text: str) -> tuple[str, date, str]:
        if not text:
            raise BadCellError(_("the date is missing."))
        instant = values.moment(text, self.context.zone)
        on = instant.astimezone(self.context.company_zone).date()
        rates = self.context.rates
        if rates is not None and on not in rates:
            raise BadCellError(
                _("there is no exchange rate of %(currency)s for %(day)s. Import it first (import_rates).")
                % {"currency": self.context.currency, "day": on}
            )
        return instant.isoformat(), on, values.wall_time(text)[0].isoformat()

    # --- money -------------------------------------------------------------------------------------------------------
    def _figures(self, cells: Sequence[str]) -> tuple[str, ...]:
        """FIGURES in one spelling each (2.50 and 2.5 are the same content); combinations come again and again."""
        key = tuple([cells[index] for _name, index in self._figures_at])
        known = self._known_figures.get(key)
        if known is None:
            if len(self._known_figures) > KNOWN_FIGURES:
                self._known_figures.clear()
            known = self._known_figures[key] = self._read_figures(key)
        return known

    def _read_figures(self, key: tuple[str, ...]) -> tuple[str, ...]:
        found = {
            name: _at(name, text, partial(self._figure, name))
            for (name, _index), text in zip(self._figures_at, key, strict=True)
            if text
        }
        quantity, price, amount = self._sums(found)
        found |= {"quantity": quantity, "unit_price": price, "amount": amount}
        return tuple(_spelled(found.get(name)) for name in FIGURES)

    def _figure(self, name: str, text: str) -> Decimal:
        whole, decimals = FIGURES[name]
        value = values.quantity(text) if name == "quantity" else values.number(text, self.context.currency)
        return values.bounded(value, decimals=decimals, whole=whole, text=text)

    def _sums(self, found: Mapping[str, Decimal]) -> tuple[Decimal, Decimal, Decimal]:
        """(quantity, unit price, exact amount of the line); an amount given wins over quantity x price."""
        quantity, price, amount = found.get("quantity"), found.get("unit_price"), found.get("amount")
        if amount is None:
            return self._multiplied(quantity, price, found.get("discount", ZERO))
        quantity = ONE.copy_sign(amount) if quantity is None else quantity
        if quantity < 0 < amount:
            amount = -amount
        if price is None:
            price = _rounded_price(amount / quantity) if quantity else ZERO
        if abs(price) >= Decimal(10) ** FIGURES["unit_price"][0]:
            raise BadCellError(_("The amount divided by the quantity is too large to be stored. Check both figures."))
        return quantity, price, amount

    def _multiplied(
        self, quantity: Decimal | None, price: Decimal | None, discount: Decimal
    ) -> tuple[Decimal, Decimal, Decimal]:
        if quantity is None or price is None:
            name = "amount" if "amount" in self.at else "quantity" if quantity is None else "unit_price"
            raise BadCellError(_("%(field)s: the value is missing.") % {"field": LABELS[name]})
        amount = money.line_amount(quantity, price, discount)
        if amount and (amount < 0) != (quantity * price < 0):
            raise BadCellError(_("The discount is larger than the line itself."))
        if abs(amount) >= Decimal(10) ** FIGURES["amount"][0]:
            raise BadCellError(_("Quantity x unit price is too large to be stored. Check both figures."))
        return quantity, price, amount

    # --- words -------------------------------------------------------------------------------------------------------
    def _translate(self, name: str, line: list) -> None:
        """Words with a meaning: kinds, ways of payment; owners and channels must be known."""
        place = STAGED.index(name)
        text = line[place]
        if not text:
            return
        if name == "customer_kind":
            line[place] = KINDS.get(text.lower(), "unknown")
        elif name == "payment_method":
            line[place] = PAYMENTS.get(text.lower(), text)
        elif name == "owner_email":
            line[place] = self._owner(text.lower())
        else:
            self._check_channel(text)

    def _owner(self, email: str) -> str:
        if email not in self.context.owners:
            raise BadCellError(
                _("%(field)s: there is no active person %(email)s to whom you may give customers.")
                % {"field": LABELS["owner_email"], "email": email}
            )
        return email

    def _check_channel(self, name: str) -> None:
        if self.context.channels is not None and name.lower() not in self.context.channels:
            raise BadCellError(
                _("%(field)s: “%(name)s” is no channel of the company. A manager can add it.")
                % {"field": LABELS["channel"], "name": name}
            )


def _at(name: str, text: str, read: Callable) -> object:
    """`read(text)`; a problem gets the field's name in front."""
    try:
        return read(text)
    except BadCellError as error:
        raise BadCellError(f"{LABELS[name]}: {error}") from error


def _limited(limit: int, text: str) -> str:
    return values.short(text, limit)


def _rounded_price(price: Decimal) -> Decimal:
    return price.quantize(Decimal("0.0001"), ROUND_HALF_UP)


def _spelled(value: Decimal | None) -> str:
    if value is None:
        return ""
    return format(value.normalize() if value else ZERO, "f")
