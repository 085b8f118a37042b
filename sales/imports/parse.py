"""One row of a file as one staged order line. Cells that come again (dates, prices) are read only once."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from functools import partial
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from core.phones import checked_phones, phone_digits
from core.refusals import ROW_ERRORS, BadCellError, Refusals
from core.texts import unseen
from customers.identity import email_key, number_key
from customers.imports.meanings import customer_kind
from customers.imports.owners import PossibleOwners
from intake import totals, values
from intake.spelling import word
from intake.tabular import DamagedRow
from sales import money
from sales.imports.columns import LABELS
from sales.imports.states import CANCELLED, state_of
from sales.moments import is_ahead
from ui.formatting import labelled

# As they stand in the staging table; `number` is filled in later for rows without order number. `place` is the row as a
# spreadsheet counts it, `given` the amount of a line that also has quantity and price.
STAGED = (
    "row_no", "place", "error", "number", "content", "customer_no", "customer_name", "customer_kind", "company",
    "phone", "email", "owner_email", "ordered_at", "ordered_on", "sku", "product", "quantity", "unit_price",
    "unit_cost", "discount", "amount", "given", "payment_method", "channel", "region", "status",
    "phone_key", "email_key",
)  # fmt: skip
LIMITS = {
    "order_no": 80, "customer_no": 40, "customer_name": 160, "company": 160, "phone": 40, "email": 254, "sku": 60,
    "product": 200, "payment_method": 40, "channel": 80, "region": 80, "customer_kind": 40, "owner_email": 254,
    "status": 40,
}  # fmt: skip
# Digits before the point and decimals kept, in the order of the staging table.
FIGURES = {"quantity": (11, 3), "unit_price": (14, 4), "unit_cost": (14, 4), "discount": (14, 4), "amount": (15, 6)}
# A spreadsheet keeps 15 digits of a number; what stands for a thing must come as text.
MOST_DIGITS = 15
IDENTIFIERS = ("order_no", "customer_no", "phone", "sku")
_TYPES = {"row_no": "integer PRIMARY KEY", "place": "integer", "ordered_at": "timestamptz", "ordered_on": "date"}
_TYPES |= dict.fromkeys((*FIGURES, "given"), "numeric")
STAGED_TYPES = ", ".join(f"{name} {_TYPES.get(name, 'text')}" for name in STAGED)
SPECIAL = ("customer_kind", "owner_email", "channel", "payment_method", "status", "phone", "email")
KNOWN_FIGURES = 100_000
ROW_NO, PLACE, ERROR, NUMBER, CONTENT, CUSTOMER, WHEN, ON = (
    STAGED.index(name)
    for name in ("row_no", "place", "error", "number", "content", "customer_no", "ordered_at", "ordered_on")
)
STATUS, NEVER = STAGED.index("status"), ("", "-", "--", "0", "无", "null")  # cells of orders that weren't cancelled
PHONE_KEY, EMAIL_KEY, HIDDEN = STAGED.index("phone_key"), STAGED.index("email_key"), "*"
NAME, SKU, PRODUCT, FIRST_FIGURE = (STAGED.index(name) for name in ("customer_name", "sku", "product", "quantity"))
ONE, ZERO, NEARLY, PRICE_STEP = Decimal(1), Decimal(0), Decimal("0.02"), Decimal("0.0001")

PAYMENTS = {
    "cash": "cash", "现金": "cash", "transfer": "transfer", "bank transfer": "transfer", "银行转账": "transfer",
    "转账": "transfer", "对公转账": "transfer", "card": "card", "credit card": "card", "刷卡": "card",
    "银行卡": "card", "信用卡": "card", "wechat": "wechat", "wechat pay": "wechat", "微信": "wechat",
    "微信支付": "wechat", "alipay": "alipay", "支付宝": "alipay", "credit": "credit", "on account": "credit",
    "挂账": "credit", "月结": "credit", "other": "other", "其他": "other",
}  # fmt: skip


@dataclass(frozen=True)
class Context:
    """What rows are read against: zones, currency and its rates by day, possible owners, channels."""

    zone: ZoneInfo
    company_zone: ZoneInfo
    currency: str
    rates: Mapping[date, Decimal] | None = None  # None: the company's own currency
    owners: PossibleOwners = field(default_factory=lambda: PossibleOwners(()))
    channels: frozenset[str] | None = None  # None: unknown ones are made
    amount_counts: bool = False  # an amount below quantity x price: the difference is a discount
    date_order: str = ""  # of day, month and year, where dates alone don't say it
    moments: dict[str, tuple[str, date, str]] = field(default_factory=dict)


class LineReader:
    """Callable: (row number, place, cells) -> values in the order of STAGED.

    A refused row carries the reason, and the order number if it can be read: all lines of its order are refused too.
    """

    def __init__(self, columns: Sequence[str], mapping: Mapping[str, str], context: Context) -> None:
        self.context = context
        self.width = len(columns)
        self.at = {name: columns.index(column) for name, column in mapping.items()}
        self._texts = [
            (NUMBER if name == "order_no" else STAGED.index(name), self.at[name], name, limit, name in IDENTIFIERS)
            for name, limit in LIMITS.items()
            if name in self.at
        ]
        self._cent = Decimal(1).scaleb(-money.digits(context.currency))
        self._special = [name for name in SPECIAL if name in self.at]
        self._names_at = [self.at.get(name, self.width) for name in ("first_name", "last_name")]
        self._joins_names = min(self._names_at) < self.width
        self._sums_at = [
            ([self.at[name] for name in names if name in self.at], is_sum)
            for names, is_sum in (
                (("order_no", "customer_no"), totals.is_total_of_number),
                (("sku", "product"), totals.is_total),
            )
        ]
        self._known_by = [self.at[name] for name in ("order_no", "customer_no", "phone", "email") if name in self.at]
        self._called_at = [self.at[name] for name in ("customer_name", "company") if name in self.at]
        self._figures_at = [(name, self.at[name]) for name in FIGURES if name in self.at]
        self._refusal = Refusals()
        self._known_phones: dict[str, tuple[str, str]] = {}
        self._known_emails: dict[str, tuple[str, str]] = {}
        self._known_figures: dict[tuple[str, ...], tuple[str, ...]] = {}

    def __call__(self, row_no: int, place: int, cells: Sequence[str]) -> Sequence:
        if not values.FILLERS.isdisjoint(cells) and not isinstance(cells, DamagedRow):
            cells = ["" if cell in values.FILLERS else cell for cell in cells]
        try:
            return self._line(_begun(row_no, place), cells)
        except ROW_ERRORS as error:
            line = _begun(row_no, place)
            line[ERROR] = self._refusal(row_no, error)
            if "order_no" in self.at:
                with suppress(*ROW_ERRORS):
                    line[NUMBER] = _text("order_no", cells[self.at["order_no"]])
            return line

    def _line(self, line: list, cells: Sequence[str]) -> list:
        if isinstance(cells, DamagedRow):
            raise BadCellError(cells.reason)
        if not values.ERRORS.isdisjoint(cells):  # #N/A and the like, where it is read
            for name, at in self.at.items():
                if cells[at] in values.ERRORS:
                    raise BadCellError(labelled(LABELS[name], values.error_refused(cells[at])))
        self._refuse_sum(cells)
        line[WHEN], line[ON], written = self._when(cells[self.at["ordered_at"]])
        figures, given = self._figures(cells)
        line[FIRST_FIGURE : FIRST_FIGURE + len(FIGURES) + 1] = *figures, given
        for at, index, name, limit, identifies in self._texts:
            text = cells[index]
            if identifies and text in values.ZEROS:
                text = ""
            if text and (
                len(text) > limit or not text.isprintable() or unseen(text) or (identifies and not _short_word(text))
            ):
                text = _text(name, text)
            line[at] = text
        if self._joins_names and not line[NAME]:
            first, last = ("" if place == self.width else cells[place] for place in self._names_at)
            line[NAME] = values.short(values.joined_name(first, last), LIMITS["customer_name"])
        for name in self._special:
            self._translate(name, line)
        if "currency" in self.at and (text := cells[self.at["currency"]]):
            _at("currency", text, partial(values.same_currency, self.context.currency))
        if "cancelled_at" in self.at and cells[self.at["cancelled_at"]] not in NEVER:
            line[STATUS] = CANCELLED
        content = (line[CUSTOMER] or "", written, line[SKU] or "", line[PRODUCT] or "", *figures)
        line[CONTENT] = hashlib.md5("\x1f".join(content).encode(), usedforsecurity=False).hexdigest()
        return line

    def _refuse_sum(self, cells: Sequence[str]) -> None:
        """Sums among the lines are no orders: 合计 as number or product, or in a row that names no customer."""
        for places, is_sum in self._sums_at:
            for at in places:
                if is_sum(cells[at]):
                    raise totals.refusal(cells[at])
        if any(cells[at] for at in self._known_by):
            return
        first = totals.first_filled(cells)
        for text in (first, *(cells[at] for at in self._called_at)):
            if totals.is_total(text):
                raise totals.refusal(text)

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
        instant = values.moment(text, self.context.zone, self.context.date_order)
        if is_ahead(instant):
            raise BadCellError(_("“%(value)s” lies in the future. Check the time zone too.") % {"value": text[:60]})
        on = instant.astimezone(self.context.company_zone).date()
        rates = self.context.rates
        if rates is not None and on not in rates:
            raise BadCellError(
                _("there is no exchange rate of %(currency)s for %(day)s. Import it first (import_rates).")
                % {"currency": self.context.currency, "day": on}
            )
        return instant.isoformat(), on, values.wall_time(text, self.context.date_order)[0].isoformat()

    # --- money -------------------------------------------------------------------------------------------------------
    def _figures(self, cells: Sequence[str]) -> tuple[tuple[str, ...], str]:
        """(FIGURES in one spelling each (2.50 and 2.5 are the same content), the amount given beside quantity and
        price); combinations come again and again."""
        key = tuple([cells[index] for _name, index in self._figures_at])
        known = self._known_figures.get(key)
        if known is None:
            if len(self._known_figures) > KNOWN_FIGURES:
                self._known_figures.clear()
            known = self._known_figures[key] = self._read_figures(key)
        return known

    def _read_figures(self, key: tuple[str, ...]) -> tuple[tuple[str, ...], str]:
        found = {
            name: _at(name, text, partial(self._figure, name))
            for (name, _index), text in zip(self._figures_at, key, strict=True)
            if text
        }
        if "discount" in found:
            found["discount"] = abs(found["discount"])
        if found.get("quantity", ZERO) < 0 and found.get("unit_price", ZERO) < 0:
            raise BadCellError(_("Quantity and unit price are both below zero. For a return only the quantity is."))
        given = None
        if "amount" not in found:
            self._multiply(found)
        elif "unit_price" in found:
            given = self._compared(found)
        else:
            self._divide(found)
        return tuple(_spelled(found.get(name)) for name in FIGURES), "" if given is None else _spelled(given)

    def _figure(self, name: str, text: str) -> Decimal:
        whole, decimals = FIGURES[name]
        value = values.quantity(text) if name == "quantity" else values.number(text, self.context.currency)
        return values.bounded(value, decimals=decimals, whole=whole, text=text)

    def _multiply(self, found: dict[str, Decimal]) -> None:
        """The amount of a line from quantity, price and discount."""
        for name in ("quantity", "unit_price"):
            if name not in found:
                lacking = "amount" if "amount" in self.at else name
                raise BadCellError(_("%(field)s: the value is missing.") % {"field": LABELS[lacking]})
        gross = found["quantity"] * found["unit_price"]
        found["amount"] = amount = money.line_amount(
            found["quantity"], found["unit_price"], found.get("discount", ZERO)
        )
        if amount and (amount < 0) != (gross < 0):
            raise BadCellError(_("The discount is larger than the line itself."))
        if abs(amount) >= Decimal(10) ** FIGURES["amount"][0]:
            raise BadCellError(_("Quantity x unit price is too large to be stored. Check both figures."))

    def _divide(self, found: dict[str, Decimal]) -> None:
        """The price of a line from its amount, which is what was paid: without discount."""
        amount = found["amount"]
        quantity = found.setdefault("quantity", ONE.copy_sign(amount))
        if not quantity and amount:
            raise BadCellError(_("The quantity is 0, but there is an amount. Check both figures."))
        if quantity < 0 < amount:
            found["amount"] = amount = -amount
        before = amount + found.get("discount", ZERO).copy_sign(amount)
        price = (before / quantity).quantize(PRICE_STEP, ROUND_HALF_UP) if quantity else ZERO
        found["unit_price"] = price
        if abs(price) >= Decimal(10) ** FIGURES["unit_price"][0]:
            raise BadCellError(_("The amount divided by the quantity is too large to be stored. Check both figures."))

    def _compared(self, found: dict[str, Decimal]) -> Decimal:
        """The amount as given, beside quantity and price; `found["amount"]` is what the two make.

        Where both agree but for rounding the given one stays. Whether another one is the order's total or a mistake
        is seen when all lines of the order are there.
        """
        given = found["amount"]
        found.setdefault("quantity", ONE.copy_sign(given * found["unit_price"]))
        if given < 0 < found["quantity"] * found["unit_price"]:
            found["quantity"] = -found["quantity"]
        elif found["quantity"] * found["unit_price"] < 0 < given:
            given = -given
        gross = found["quantity"] * found["unit_price"]
        if self.context.amount_counts and abs(given) <= abs(gross):
            found["discount"] = abs(gross) - abs(given)
        self._multiply(found)
        # A cent for each piece, as prices are rounded, but never much of the line.
        tolerance = max(self._cent, min(self._cent * abs(found["quantity"]), abs(gross) * NEARLY))
        if abs(found["amount"] - given) <= tolerance:
            found["amount"] = given
        return given

    # --- words -------------------------------------------------------------------------------------------------------
    def _translate(self, name: str, line: list) -> None:
        """Words with a meaning: kinds, ways of payment; owners and channels must be known."""
        at = STAGED.index(name)
        text = line[at]
        if not text:
            return
        if name == "customer_kind":
            line[at] = _at(name, text, customer_kind)
        elif name == "payment_method":
            line[at] = PAYMENTS.get(word(text), text)
        elif name == "status":
            line[at] = _at(name, text, state_of)
        elif name == "phone":
            line[at], line[PHONE_KEY] = self._known(self._known_phones, text, _phone)
        elif name == "email":
            line[at], line[EMAIL_KEY] = self._known(self._known_emails, text, _email)
        elif name == "owner_email":
            _at(name, text, self.context.owners.find)
        elif self.context.channels is not None and text.lower() not in self.context.channels:
            unknown = _("%(field)s: “%(name)s” is no channel of the company. A manager can add it.")
            raise BadCellError(unknown % {"field": LABELS["channel"], "name": text})

    @staticmethod
    def _known(known: dict[str, tuple[str, str]], text: str, read: Callable[[str], tuple[str, str]]) -> tuple[str, str]:
        """`read(text)`; people come again and again."""
        found = known.get(text)
        if found is None:
            if len(known) > KNOWN_FIGURES:
                known.clear()
            found = known[text] = read(text)
        return found


def _begun(row_no: int, place: int) -> list:
    """A line of the staging table of which nothing is read yet."""
    line: list = [None] * len(STAGED)
    line[ROW_NO], line[PLACE] = row_no, place
    return line


def _at(name: str, text: str, read: Callable) -> object:
    """`read(text)`; a problem gets the field's name in front."""
    try:
        return read(text)
    except BadCellError as error:
        raise BadCellError(labelled(LABELS[name], error)) from error


def _short_word(text: str) -> bool:
    """Whether an identifier needs no closer look: short and ASCII, without the signs of a damaged number."""
    return len(text) <= MOST_DIGITS and text.isascii() and not any(sign in text for sign in ".+ ")


def _text(name: str, text: str) -> str:
    """`text` within the limits of the field; an identifier that a spreadsheet has made a number of is refused."""
    if name in IDENTIFIERS:
        text = _at(name, text, values.undamaged)
    text = _at(name, text, partial(values.short, limit=LIMITS[name]))
    return number_key(text) if name == "customer_no" else text


def _phone(text: str) -> tuple[str, str]:
    """(numbers as stored, search word of the first); nothing where a shop shows 138****1234."""
    if HIDDEN in text:
        return "", ""
    numbers = _at("phone", text, checked_phones)
    return "/".join(numbers), f"p:{phone_digits(numbers[0])[:40]}"


def _email(text: str) -> tuple[str, str]:
    """(address as stored, its search word)."""
    if HIDDEN in text:
        return "", ""
    address = _at("email", text, values.email)
    return address, f"e:{email_key(address)[:70]}"


def _spelled(value: Decimal | None) -> str:
    if value is None:
        return ""
    return format(value.normalize() if value else ZERO, "f")
