"""What people type about orders and products, checked field by field."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from copy import copy
from dataclasses import dataclass
from datetime import datetime
from decimal import ROUND_HALF_UP, ROUND_UP, Decimal, InvalidOperation
from typing import Any, ClassVar, cast

from django import forms
from django.forms.utils import ErrorDict
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.html import format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from accounts.models import User
from core import company
from core.refusals import BadCellError
from customers.models import Channel
from intake import values
from sales import money, selectors
from sales.models import Order, OrderLine, Product
from sales.moments import is_ahead
from sales.services import Line
from ui import formatting
from ui.forms import Figure, Moment, OnceForm, Part, VersionedForm

LINES_AT_FIRST: list[dict[str, str]] = [{"quantity": "1"}, {}, {}]
MOST_LINES = 150
EARLIEST = 1900


# --- figures ---------------------------------------------------------------------------------------------------------
def read_price(text: str) -> Decimal:
    """A sum in the company's currency as people write it: 1,234.50, full-width digits, with its sign or without."""
    price = values.bounded(values.number(text, company.currency()), decimals=4, whole=14, text=text)
    if price < 0:
        raise BadCellError(_("Enter zero or more."))
    return price


def read_quantity(text: str) -> Decimal:
    """How many; above zero also for what comes back."""
    quantity = values.bounded(values.number(text, company.currency()), decimals=3, whole=11, text=text)
    if quantity <= 0:
        raise BadCellError(_("Enter a quantity above zero. Goods that come back are entered as a return."))
    return quantity


def read_returned(text: str) -> Decimal:
    """How many come back; nothing leaves the line out."""
    quantity = values.bounded(values.number(text, company.currency()), decimals=3, whole=11, text=text)
    if quantity < 0:
        raise BadCellError(_("Enter zero or more: how many come back."))
    return quantity


@dataclass(frozen=True)
class Share:
    """A discount that is a part of the line: 9折 leaves nine tenths, 10% takes a tenth away."""

    part: Decimal


_TENTHS = re.compile(r"([0-9.]+|[一二三四五六七八九]{1,2})\s*折")
_PERCENT = re.compile(r"[-−]?\s*([0-9.]+)\s*%(?:\s*off)?", re.IGNORECASE)
_DIGITS = str.maketrans("一二三四五六七八九", "123456789")


def read_discount(text: str) -> Any:
    """An amount, or a share of the line: 9折, 85折, 八五折, 10%."""
    bare = unicodedata.normalize("NFKC", text).strip()
    tenths, percent = _TENTHS.fullmatch(bare), _PERCENT.fullmatch(bare)
    if not tenths and not percent:
        return read_price(text)
    try:
        if percent:
            part = Decimal(percent[1]) / 100
        else:
            written = Decimal(tenths[1].translate(_DIGITS)) if tenths else Decimal(0)
            part = 1 - written / (100 if written > 10 else 10)
    except InvalidOperation:
        part = Decimal(-1)
    if not 0 <= part <= 1:
        sentence = _("“%(value)s” is no discount. Write the amount, such as 50, or a share, such as 9折 or 10%%.")
        raise BadCellError(sentence % {"value": text})
    return Share(part)


# --- lines -----------------------------------------------------------------------------------------------------------
class LineForm(forms.Form):
    """One line: a product of the catalogue or free words, quantity and price. `line` is None while it is empty."""

    product = forms.CharField(
        label=gettext_lazy("Product or description"),
        max_length=270,
        required=False,
        widget=forms.TextInput({"list": "products", "autocomplete": "off"}),
    )
    quantity = Figure(label=gettext_lazy("Quantity"), read=read_quantity, required=False)
    unit_price = Figure(label=gettext_lazy("Unit price"), read=read_price, required=False)
    discount = Figure(label=gettext_lazy("Discount"), read=read_discount, required=False)

    line: Line | None = None

    def __init__(
        self, *args: Any, user: User, currency: str, comes_back: bool = False, bought: Line | None = None, **kwargs: Any
    ) -> None:
        """`bought`: what is still out of this line, where goods of an order come back."""
        super().__init__(*args, **kwargs)
        self.user, self.currency, self.comes_back, self.bought = user, currency, comes_back, bought
        sign = formatting.symbol(currency).strip()
        self.fields["discount"].label = _("Discount in %(currency)s") % {"currency": sign}
        self.fields["discount"].widget.attrs["placeholder"] = _("or 10%")
        self.fields["unit_price"].label = _("Price in %(currency)s") % {"currency": sign}
        if comes_back:
            cast(Figure, self.fields["quantity"]).read = read_returned

    @property
    def most(self) -> str:
        """How many can still come back; nothing where that isn't known."""
        return money.written(self.bought.quantity) if self.bought else ""

    @property
    def exact(self) -> Decimal | None:
        """What the line makes, as far as it can be read: a page without a script shows it when it is drawn."""
        read = read_returned if self.comes_back else read_quantity
        texts = [str(self[name].value() or "") for name in ("quantity", "unit_price", "discount")]
        try:
            quantity, price = (
                read(texts[0] or ("0" if self.bought else "1")),
                read_price(texts[1]) if texts[1] else None,
            )
            found = read_discount(texts[2] or "0")
        except BadCellError:
            return None
        if price is None:
            return None
        full = self.bought is not None and quantity < self.bought.quantity and found == self.bought.discount
        off = found.part * quantity * price if isinstance(found, Share) else found
        off = off * quantity / self.bought.quantity if full and self.bought else off
        return max(money.line_amount(quantity, price, off), Decimal(0))

    @property
    def amount(self) -> str:
        return _sum_in_words([self.exact], self.currency)

    def clean(self) -> dict[str, Any]:
        data = self.cleaned_data
        # The first line of a new order begins with a quantity: alone it says nothing.
        if self.errors or not (data["product"] or data["unit_price"] is not None):
            return data
        # Of goods that were bought nothing comes back until somebody says how many.
        if self.comes_back and (data["quantity"] == 0 or (self.bought and data["quantity"] is None)):
            return data
        product = selectors.product_for_text(self.user, data["product"]) if data["product"] else None
        quantity, discount = data["quantity"] or Decimal(1), data["discount"] or Decimal(0)
        price = data["unit_price"]
        if self.bought and quantity < self.bought.quantity and discount == self.bought.discount:
            discount = (discount * quantity / self.bought.quantity).quantize(Decimal("0.0001"), ROUND_UP)
        if price is None and product is not None:
            price = product.unit_price
        if price is None:
            self.add_error("unit_price", _("Enter the price: this product has none in the catalogue."))
            return data
        if isinstance(discount, Share):
            discount = (discount.part * quantity * price).quantize(
                Decimal(1).scaleb(-formatting.minor_digits(self.currency)), ROUND_HALF_UP
            )
        if self.bought and quantity > self.bought.quantity:
            text = _("More of “%(product)s” would come back than is still out: at most %(most)s.")
            self.add_error("quantity", text % {"product": self.bought.name, "most": self.most})
        if discount > quantity * price:
            self.add_error("discount", _("The discount is larger than the line itself."))
        if quantity * price >= Decimal(10) ** 15:
            self.add_error("quantity", _("Quantity x unit price is too large to be stored. Check both figures."))
        self.line = Line(
            quantity=quantity,
            unit_price=price,
            product=product,
            description=(product.name if product else data["product"])[:200],
            unit_cost=product.unit_cost if product else None,
            discount=discount,
        )
        return data


def _called(line: Line) -> tuple[str, ...]:
    """The words by which a line may be named."""
    return (line.name, product_text(line.product), line.product.sku) if line.product else (line.description,)


def _sum_in_words(amounts: Iterable[Decimal | None], currency: str) -> str:
    """Of those that are known; a dash where none is, or where it can't be stored."""
    known = [amount for amount in amounts if amount is not None]
    try:
        return formatting.money(money.total(known, currency), currency) if known else formatting.DASH
    except money.AmountTooLargeError:
        return formatting.DASH


def product_text(product: Product) -> str:
    """How the type-ahead offers a product."""
    return f"{product.sku} · {product.name}"


def line_start(line: OrderLine | Line) -> dict[str, Any]:
    """A stored line, or one that comes back, as the form shows it; quantities are shown without sign."""
    return {
        "product": product_text(line.product) if line.product else line.description,
        "quantity": abs(line.quantity),
        "unit_price": line.unit_price,
        "discount": line.discount or None,
    }


class LinesWidget(forms.Widget):
    """Reads the lines from controls called lines-0-product, lines-0-quantity and so on, in the order of their numbers.

    It draws nothing: a `LineForm` a line does (`OrderForm.line_forms`).
    """

    def value_from_datadict(self, data: Mapping[str, Any], files: Any, name: str) -> list[dict[str, Any]]:
        whole = data.get(name)
        if whole:
            return self.rows_of(whole)
        rows: dict[int, dict[str, Any]] = {}
        for key, value in data.items():
            found = re.fullmatch(rf"{re.escape(name)}-([0-9]{{1,4}})-(\w+)", key)
            if found:
                rows.setdefault(int(found[1]), {})[found[2]] = value
        return [rows[number] for number in sorted(rows)]

    def value_omitted_from_data(self, data: Mapping[str, Any], files: Any, name: str) -> bool:
        return not self.value_from_datadict(data, files, name)

    def format_value(self, value: list[dict[str, Any]]) -> str:
        """All lines as one text, equal for equal lines: figures without needless zeros."""
        rows = [
            {
                name: format(cell.normalize(), "f") if isinstance(cell, Decimal) else str(cell)
                for name, cell in row.items()
                if cell is not None
            }
            for row in value
        ]
        return json.dumps(rows, ensure_ascii=False)

    def rows_of(self, whole: Any) -> list[dict[str, Any]]:
        """What `format_value` has written; nothing of anything else."""
        try:
            rows = json.loads(whole)
        except (TypeError, ValueError, RecursionError):
            return []
        return [row for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []


class Lines(Part):
    """The lines of an order, compared as one when two people have changed them."""

    widget = LinesWidget
    currency = ""

    def prepare_value(self, value: list[Any]) -> list[dict[str, Any]]:
        return [line_start(line) if isinstance(line, Line) else line for line in value]

    def of_row(self, row: Order) -> list[dict[str, Any]]:
        """The stored lines."""
        return [line_start(line) for line in row.lines.all()]

    def in_words(self, text: str) -> SafeString:
        """Line by line with the total below, so that both sides of a conflict can be compared."""
        sign, shown, amounts = formatting.symbol(self.currency), [], []
        for row in LinesWidget().rows_of(text):
            quantity, price = Decimal(row["quantity"]), Decimal(row["unit_price"])
            discount = Decimal(row.get("discount", 0))
            less = f" − {sign}{money.written(discount)}" if discount else ""
            figures = f"{money.written(quantity)} × {sign}{money.written(price)}{less}"
            shown.append((row["product"] or formatting.DASH, figures))
            amounts.append(money.line_amount(quantity, price, discount))
        total = formatting.money(money.total(amounts, self.currency), self.currency)
        colon = pgettext("after a label", ": ")
        return format_html_join(
            mark_safe("<br>"), "{}{}{}", [(name, colon, figures) for name, figures in [*shown, (_("Total"), total)]]
        )


# --- an order --------------------------------------------------------------------------------------------------------
class OrderForm(OnceForm, VersionedForm):
    """An order with its lines, new or stored (`order`)."""

    lines = Lines(label=gettext_lazy("Lines"), required=False, initial=LINES_AT_FIRST)
    ordered_at = Moment(label=gettext_lazy("Ordered at"))
    payment_method = forms.ChoiceField(
        label=gettext_lazy("Payment method"), choices=Order.Payment.choices, required=False
    )
    channel = forms.ModelChoiceField(
        label=gettext_lazy("Channel"), queryset=Channel.objects.none(), required=False, empty_label="—"
    )
    state = forms.ChoiceField(label=gettext_lazy("State"), choices=Order.State.choices, initial=Order.State.COMPLETED)
    notes = forms.CharField(label=gettext_lazy("Notes"), max_length=300, required=False)

    def __init__(
        self,
        *args: Any,
        user: User,
        kind: str,
        currency: str,
        order: Order | None = None,
        returnable: Sequence[Line] = (),
        **kwargs: Any,
    ) -> None:
        """`returnable`: what is still out of the order whose goods come back."""
        super().__init__(*args, **kwargs)
        self.user, self.kind, self.currency, self.returnable = user, kind, currency, returnable
        cast(Lines, self.fields["lines"]).currency = currency
        self.fields["ordered_at"].initial = timezone.localtime().replace(second=0, microsecond=0)
        if kind == Order.Kind.RETURN:
            self.fields["ordered_at"].label = _("Returned at")
        # A channel that was switched off since, and a word of payment that came with an import, stay with their order.
        channels = Channel.objects.filter(is_active=True)
        if order is not None and order.channel_id:
            channels |= Channel.objects.filter(pk=order.channel_id)
        self.fields["channel"].queryset = channels.order_by("position", "pk")
        if order is not None and order.payment_method not in Order.Payment.values:
            kept = order.payment_method
            self.fields["payment_method"].choices = [*Order.Payment.choices, (kept, kept)]

    @property
    def adds_line(self) -> bool:
        """Whether a button only asked for one more line or for the sums: what was typed is shown again, unchecked."""
        return self.is_bound and ("add_line" in self.data or "sums" in self.data)

    @property
    def errors(self) -> ErrorDict:
        return ErrorDict() if self.adds_line else super().errors

    def is_valid(self) -> bool:
        return not self.adds_line and super().is_valid()

    @cached_property
    def line_forms(self) -> list[LineForm]:
        """The lines as they are drawn; those of a sent form know their errors."""
        rows = self["lines"].value() or [{}]
        if self.adds_line:
            rows = [self._priced(row) for row in rows]
            rows = [*rows, {}][:MOST_LINES] if "add_line" in self.data else rows
        shared: dict[str, Any] = {"user": self.user, "currency": self.currency}
        shared["comes_back"] = self.kind == Order.Kind.RETURN
        left, forms_of_lines = list(self.returnable), []
        for number, row in enumerate(rows):
            name = f"lines-{number}"
            words = str(row.get("product", "")).strip()
            bought = next((line for line in left if words in _called(line)), None)
            if bought is not None:
                left.remove(bought)
            given: dict[str, Any] = {"initial": row}
            if self.is_bound and not self.adds_line:
                given = {"data": {f"{name}-{key}": cell for key, cell in row.items()}}
            forms_of_lines.append(LineForm(**given, prefix=name, bought=bought, **shared))
        return forms_of_lines

    def _priced(self, row: dict[str, Any]) -> dict[str, Any]:
        """With the price of the catalogue, where a product is named without one."""
        if not row.get("product") or row.get("unit_price"):
            return row
        product = selectors.product_for_text(self.user, row["product"])
        price = product.unit_price if product else None
        return {**row, "unit_price": price} if price is not None else row

    @property
    def total(self) -> str:
        """The sum of the lines as far as they can be read."""
        return _sum_in_words([line.exact for line in self.line_forms], self.currency)

    def clean_lines(self) -> list[Line]:
        if len(self.line_forms) > MOST_LINES:
            raise forms.ValidationError(_("An order has at most %(most)s lines here.") % {"most": MOST_LINES})
        wrong = [form for form in self.line_forms if not form.is_valid()]  # each is asked, so that all errors are shown
        if wrong:
            raise forms.ValidationError(_("Please check the lines"))
        lines = [form.line for form in self.line_forms if form.line is not None]
        if not lines and self.returnable:
            raise forms.ValidationError(_("Say of at least one line how many come back."))
        if not lines:
            raise forms.ValidationError(_("Enter at least one line with product and price."))
        return lines

    def clean_ordered_at(self) -> datetime:
        moment: datetime = self.cleaned_data["ordered_at"]
        if is_ahead(moment):
            raise forms.ValidationError(_("The order can't lie in the future. Choose a time up to now."))
        if moment.year < EARLIEST:
            raise forms.ValidationError(_("Check the year: it lies before %(year)s.") % {"year": EARLIEST})
        return moment


def fits_the_form(order: Order) -> bool:
    """Whether the form can show this order without losing anything: imports bring others too."""
    sign = -1 if order.kind == Order.Kind.RETURN else 1
    lines = list(order.lines.all())
    if len(lines) > MOST_LINES:
        return False
    for line in lines:
        quantity = line.quantity * sign
        exact = money.line_amount(quantity, line.unit_price, line.discount) * sign
        if quantity <= 0 or line.unit_price < 0 or round(exact, 4) != line.amount:
            return False
    return True


# --- a product -------------------------------------------------------------------------------------------------------
class ProductForm(OnceForm, VersionedForm, forms.ModelForm):
    """A product of the catalogue, new or stored."""

    unit_price = Figure(label=gettext_lazy("Unit price"), read=read_price, required=False)
    unit_cost = Figure(label=gettext_lazy("Unit cost"), read=read_price, required=False)

    class Meta:
        model = Product
        fields: ClassVar[list[str]] = ["sku", "name", "unit_price", "unit_cost", "flag", "is_active"]
        widgets: ClassVar[dict[str, Any]] = {"flag": forms.RadioSelect}

    def __init__(self, *, product: Product | None = None, **kwargs: Any) -> None:
        # A copy: a model form writes what was typed onto its instance, and the stored row is still to be compared.
        super().__init__(instance=copy(product), **kwargs)

    def validate_unique(self) -> None:
        """Left to the service: the form sent twice must find what it made itself, not be told that it is there."""
