"""What people type about orders and products, checked field by field."""

from __future__ import annotations

import uuid
from datetime import datetime
from decimal import Decimal
from typing import Any, ClassVar

from django import forms
from django.forms import BaseFormSet, formset_factory
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from core import company
from customers.models import Channel
from intake import values
from sales import money, selectors
from sales.models import Order, OrderLine, Product
from sales.moments import is_ahead
from sales.services import Line

LINES_AT_FIRST, MOST_LINES = 3, 150
EARLIEST = 1900


class Figure(forms.CharField):
    """A number as people write it: 1,234.50, full-width digits, a currency sign."""

    def __init__(self, *, decimals: int, whole: int, **options: Any) -> None:
        self.decimals, self.whole = decimals, whole
        typed = {"inputmode": "decimal", "autocomplete": "off", "class": "digits"}
        options.setdefault("widget", forms.TextInput(typed))
        super().__init__(max_length=40, **options)

    def clean(self, value: Any) -> Decimal | None:
        text = super().clean(value)
        if not text:
            return None
        try:
            figure = values.number(text, company.currency())
            return values.bounded(figure, decimals=self.decimals, whole=self.whole, text=text)
        except values.BadCellError as error:
            raise forms.ValidationError(str(error)) from error

    def prepare_value(self, value: Any) -> Any:
        return format(value.normalize(), "f") if isinstance(value, Decimal) else value


class OrderForm(forms.Form):
    """Everything about an order but its lines."""

    idempotency_key = forms.UUIDField(widget=forms.HiddenInput, initial=uuid.uuid4, required=False)
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    ordered_at = forms.DateTimeField(
        label=gettext_lazy("Ordered at"),
        widget=forms.DateTimeInput({"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        error_messages={"invalid": gettext_lazy("Enter a date and time, such as 2026-11-24 14:30.")},
    )
    payment_method = forms.ChoiceField(
        label=gettext_lazy("Payment method"), choices=Order.Payment.choices, required=False
    )
    channel = forms.ModelChoiceField(
        label=gettext_lazy("Channel"), queryset=Channel.objects.none(), required=False, empty_label="—"
    )
    state = forms.ChoiceField(label=gettext_lazy("State"), choices=Order.State.choices, initial=Order.State.COMPLETED)
    notes = forms.CharField(label=gettext_lazy("Notes"), max_length=300, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["channel"].queryset = Channel.objects.filter(is_active=True).order_by("pk")
        now = timezone.localtime().replace(second=0, microsecond=0)
        self.fields["ordered_at"].initial = now
        kept = self.initial.get("payment_method")
        if kept and kept not in Order.Payment.values:  # a word that came with an import
            self.fields["payment_method"].choices = [*Order.Payment.choices, (kept, kept)]

    def clean_ordered_at(self) -> datetime:
        moment = self.cleaned_data["ordered_at"]
        if is_ahead(moment):
            raise forms.ValidationError(_("The order can't lie in the future. Choose a time up to now."))
        if moment.year < EARLIEST:
            raise forms.ValidationError(_("Check the year: it lies before %(year)s.") % {"year": EARLIEST})
        return moment

    def values(self) -> dict[str, Any]:
        """The fields that the services take."""
        return {name: self.cleaned_data[name] for name in ("ordered_at", "state", "payment_method", "channel", "notes")}


class LineForm(forms.Form):
    """One line: a product of the catalogue or free words, quantity and price."""

    product = forms.CharField(
        label=gettext_lazy("Product or description"),
        max_length=270,
        required=False,
        widget=forms.TextInput({"list": "products", "autocomplete": "off"}),
    )
    quantity = Figure(label=gettext_lazy("Quantity"), decimals=3, whole=11, required=False)
    unit_price = Figure(label=gettext_lazy("Unit price"), decimals=4, whole=14, required=False)
    discount = Figure(label=gettext_lazy("Discount"), decimals=4, whole=14, required=False)

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user

    def clean_quantity(self) -> Decimal | None:
        quantity = self.cleaned_data["quantity"]
        if quantity is not None and quantity <= 0:
            raise forms.ValidationError(_("Enter a quantity above zero. Goods that come back are entered as a return."))
        return quantity

    def clean_unit_price(self) -> Decimal | None:
        return self._not_negative("unit_price")

    def clean_discount(self) -> Decimal | None:
        return self._not_negative("discount")

    def _not_negative(self, name: str) -> Decimal | None:
        if (self.cleaned_data[name] or 0) < 0:
            raise forms.ValidationError(_("Enter zero or more."))
        return self.cleaned_data[name]

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        if not self.errors and self.is_filled():
            self._complete(data)
        return data

    def is_filled(self) -> bool:
        """Whether anything was typed; an empty line is left out, a quantity alone says nothing."""
        data = self.cleaned_data
        return bool(data.get("product")) or data.get("unit_price") is not None

    def _complete(self, data: dict[str, Any]) -> None:
        """The product behind the words; its list price where none was typed."""
        product = selectors.product_for_text(self.user, data["product"]) if data["product"] else None
        data["product_row"], data["quantity"] = product, data["quantity"] or Decimal(1)
        if data["unit_price"] is None:
            data["unit_price"] = product.unit_price if product else None
        if data["unit_price"] is None:
            self.add_error("unit_price", _("Enter the price: this product has none in the catalogue."))
            return
        gross = data["quantity"] * data["unit_price"]
        if (data["discount"] or 0) > gross:
            self.add_error("discount", _("The discount is larger than the line itself."))
        if gross >= Decimal(10) ** 15:
            self.add_error("quantity", _("Quantity x unit price is too large to be stored. Check both figures."))

    def line(self) -> Line:
        """What the services take."""
        data = self.cleaned_data
        product = data["product_row"]
        return Line(
            quantity=data["quantity"],
            unit_price=data["unit_price"],
            product=product,
            description=(product.name if product else data["product"])[:200],
            unit_cost=product.unit_cost if product else None,
            discount=data["discount"] or Decimal(0),
        )


class BaseLines(BaseFormSet):
    """The lines together: at least one."""

    def clean(self) -> None:
        if not any(self.errors) and not self.lines():
            raise forms.ValidationError(_("Enter at least one line with product and price."))

    def lines(self) -> list[Line]:
        """The filled lines."""
        return [form.line() for form in self.forms if form.is_filled()]


def lines_formset(data: Any, *, user: User, initial: list[dict[str, Any]] | None = None) -> BaseLines:
    """The lines of a form; three at first, those of a stored order or draft in `initial`."""
    factory = formset_factory(LineForm, formset=BaseLines, extra=0, max_num=MOST_LINES, absolute_max=MOST_LINES + 10)
    start = initial or [{"quantity": "1"}, *[{}] * (LINES_AT_FIRST - 1)]
    return factory(data, initial=start, prefix="lines", form_kwargs={"user": user})


def line_start(line: OrderLine | Line) -> dict[str, Any]:
    """A stored line, or one that comes back, as the form shows it; quantities are shown without sign."""
    return {
        "product": product_text(line.product) if line.product else line.description,
        "quantity": abs(line.quantity),
        "unit_price": line.unit_price,
        "discount": line.discount or None,
    }


def product_text(product: Product) -> str:
    """How the type-ahead offers a product."""
    return f"{product.sku} · {product.name}"


def fits_the_form(order: Order) -> bool:
    """Whether the form can show this order without losing anything: imports bring others too."""
    sign = -1 if order.kind == Order.Kind.RETURN else 1
    lines = list(order.lines.all())
    return len(lines) <= MOST_LINES and all(_plain(line, sign) for line in lines)


def _plain(line: OrderLine, sign: int) -> bool:
    quantity = line.quantity * sign
    exact = money.line_amount(quantity, line.unit_price, line.discount) * sign
    return quantity > 0 and line.unit_price >= 0 and round(exact, 4) == line.amount


class ProductForm(forms.ModelForm):
    """A product of the catalogue."""

    unit_price = Figure(label=gettext_lazy("Unit price"), decimals=4, whole=14, required=False)
    unit_cost = Figure(label=gettext_lazy("Unit cost"), decimals=4, whole=14, required=False)

    class Meta:
        model = Product
        fields: ClassVar[list[str]] = ["sku", "name", "unit_price", "unit_cost", "flag", "is_active"]
        widgets: ClassVar[dict[str, Any]] = {"flag": forms.RadioSelect}
        error_messages: ClassVar[dict[str, Any]] = {
            "sku": {"unique": gettext_lazy("Another product has this number already.")}
        }

    def clean_unit_price(self) -> Decimal | None:
        return self._not_negative("unit_price")

    def clean_unit_cost(self) -> Decimal | None:
        return self._not_negative("unit_cost")

    def _not_negative(self, name: str) -> Decimal | None:
        if (self.cleaned_data[name] or 0) < 0:
            raise forms.ValidationError(_("Enter zero or more."))
        return self.cleaned_data[name]
