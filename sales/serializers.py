"""Products, orders with lines, and targets as JSON.

`total` and `amount` are minor units (total in the order's currency, amount in the company's); prices and line amounts
are decimal numbers in major units, as text.
"""

from decimal import Decimal
from typing import Any, ClassVar

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from accounts.models import User
from accounts.rest.fields import Day, MaskedSerializer, ScopedKey
from core import company
from customers.models import Channel, Customer
from sales.models import Order, OrderLine, Product, Target


class ProductSerializer(serializers.ModelSerializer):
    class Meta:
        model = Product
        fields = ("id", "sku", "name", "unit_price", "unit_cost", "flag", "is_active")


class LineSerializer(serializers.ModelSerializer):
    """One line as sold."""

    product = serializers.PrimaryKeyRelatedField(
        queryset=Product.objects.filter(is_active=True), allow_null=True, required=False
    )

    class Meta:
        model = OrderLine
        fields = ("id", "product", "description", "quantity", "unit_price", "unit_cost", "discount", "amount")
        read_only_fields = ("amount",)
        extra_kwargs: ClassVar[dict[str, Any]] = {
            "unit_price": {"min_value": Decimal(0)},
            "unit_cost": {"min_value": Decimal(0)},
            "discount": {"min_value": Decimal(0)},
        }

    def validate_quantity(self, value: Decimal) -> Decimal:
        """Above zero, also for what comes back."""
        if value <= 0:
            raise serializers.ValidationError(_("Enter a quantity above zero; what comes back is an order of its own."))
        return value

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """A line says what was sold, how many and at which price; lines are replaced as a whole, also by PATCH."""
        missing = [name for name in ("quantity", "unit_price") if name not in attrs]
        if missing:
            raise serializers.ValidationError({name: [self.error_messages["required"]] for name in missing})
        if not attrs.get("product") and not attrs.get("description", "").strip():
            raise serializers.ValidationError({"product": [_("Choose a product or describe what was sold.")]})
        if attrs.get("discount", 0) > attrs["quantity"] * attrs["unit_price"]:
            raise serializers.ValidationError({"discount": [_("The discount is larger than the line itself.")]})
        return attrs


class OrderSerializer(MaskedSerializer):
    customer = ScopedKey(Customer, "order.add")
    channel = serializers.SlugRelatedField(
        slug_field="code", queryset=Channel.objects.filter(is_active=True), allow_null=True, required=False
    )
    return_of = ScopedKey(Order, allow_null=True, required=False)
    lines = LineSerializer(many=True, allow_empty=False, max_length=200)

    class Meta:
        model = Order
        fields = (
            "id",
            "number",
            "customer",
            "kind",
            "state",
            "ordered_at",
            "ordered_on",
            "currency",
            "rate",
            "total",
            "amount",
            "payment_method",
            "channel",
            "region",
            "return_of",
            "notes",
            "source",
            "lines",
            "created_at",
            "updated_at",
            "version",
        )
        read_only_fields = (
            "number",
            "currency",
            "ordered_on",
            "rate",
            "total",
            "amount",
            "source",
            "created_at",
            "updated_at",
            "version",
        )

    def set_by_server(self) -> dict[str, Any]:
        """A new order is in the currency of the company, or of the purchase that comes back."""
        shown = super().set_by_server()
        if self.instance is None:
            origin = self.initial_data.get("return_of")
            rows = Order.objects.for_user(self.context["request"].user)
            purchase = rows.filter(pk=origin).first() if type(origin) is int and 0 < origin < 2**63 else None
            shown["currency"] = purchase.currency if purchase else company.currency()
        return shown

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Customer, kind and origin stay; only a return comes from an order, and from one of the same customer."""
        if self.instance is not None:
            moved = [name for name in FIXED if name in attrs and attrs[name] != getattr(self.instance, name)]
            if moved:
                text = _("This can't be changed. Delete the order and enter it anew.")
                raise serializers.ValidationError({name: [text] for name in moved})
            return super().validate({name: value for name, value in attrs.items() if name not in FIXED})
        origin = attrs.get("return_of")
        if origin is not None and attrs.get("kind") != Order.Kind.RETURN:
            raise serializers.ValidationError({"return_of": [_("Only an order of the kind return names one.")]})
        if origin is not None and origin.customer_id != attrs["customer"].pk:
            raise serializers.ValidationError({"return_of": [_("This order belongs to another customer.")]})
        return super().validate(attrs)


FIXED = ("customer", "kind", "return_of")


class TargetSerializer(serializers.ModelSerializer):
    """What a person is to reach in a month; money in minor units of the company's currency, counts as they are."""

    user = ScopedKey(User, "target.add")
    month = Day(help_text=_("The first day of the month."))
    value = serializers.IntegerField(min_value=0, max_value=10**15)

    class Meta:
        model = Target
        fields: ClassVar[tuple[str, ...]] = (
            "id",
            "user",
            "month",
            "metric",
            "value",
            "updated_at",
            "updated_by",
            "version",
        )
        read_only_fields: ClassVar[tuple[str, ...]] = ("updated_at", "updated_by", "version")
        validators: ClassVar[list[Any]] = []

    def validate_month(self, value: Any) -> Any:
        """The first day stands for the month."""
        if value.day != 1:
            raise serializers.ValidationError(_("Enter the first day of the month, such as 2026-12-01."))
        return value

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """A target keeps its person, month and metric; only its value changes."""
        if self.instance is not None:
            moved = [n for n in ("user", "month", "metric") if n in attrs and attrs[n] != getattr(self.instance, n)]
            if moved:
                raise serializers.ValidationError({n: [_("Only the value of a target can be changed.")] for n in moved})
        return attrs
