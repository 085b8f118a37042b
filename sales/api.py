"""Products, orders and targets over the API."""

from typing import Any, ClassVar

import django_filters
from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from rest_framework.exceptions import ValidationError

from accounts.rest.fields import NOT_YOURS, same_value
from accounts.rest.filters import IdFilter, YesNoFilter
from accounts.rest.problems import Conflict
from accounts.rest.viewsets import Catalogue, Changes, Collection, Creates, Deletes
from core import clock
from sales import services
from sales.models import Order, OrderLine, Product, Target
from sales.serializers import OrderSerializer, ProductSerializer, TargetSerializer
from sales.services.orders import EDITABLE

SUMS = ("rate", "total", "amount")  # the server works them out


class ProductFilter(django_filters.FilterSet):
    sku = django_filters.CharFilter()
    is_active = YesNoFilter()
    flag = django_filters.ChoiceFilter(choices=Product.Flag.choices)


class ProductViewSet(Creates, Changes, Catalogue):
    """What is sold. A product that is no longer sold gets `is_active` false; it stays in its orders."""

    resource = "product"
    serializer_class = ProductSerializer
    filterset_class = ProductFilter
    search_fields = ("sku", "name")
    ordering = ("id", "name", "sku")
    default_order: ClassVar[tuple[str, ...]] = ("name", "id")
    http_method_names = ("get", "head", "post", "put", "patch")

    def rows(self) -> QuerySet:
        """All products."""
        return Product.objects.all()

    def make(self, values: dict[str, Any]) -> Product:
        """A new product."""
        return services.product_save(product=Product(**values), by=self.request.user)

    def change(self, row: Product, values: dict[str, Any]) -> None:
        """Write the product's fields."""
        for name, value in values.items():
            setattr(row, name, value)
        services.product_save(product=row, by=self.request.user)


class OrderFilter(django_filters.FilterSet):
    customer = IdFilter(field_name="customer")
    owner = IdFilter(field_name="customer__owner")
    number = django_filters.CharFilter()
    source = django_filters.CharFilter()
    kind = django_filters.ChoiceFilter(choices=Order.Kind.choices)
    state = django_filters.ChoiceFilter(choices=Order.State.choices)
    channel = django_filters.CharFilter(field_name="channel__code")
    product = IdFilter(method="by_product")
    ordered_from = django_filters.DateFilter(field_name="ordered_on", lookup_expr="gte")
    ordered_to = django_filters.DateFilter(field_name="ordered_on", lookup_expr="lte")

    def by_product(self, rows: QuerySet, name: str, value: int) -> QuerySet:
        """With at least one line of this product."""
        return rows.filter(pk__in=OrderLine.objects.filter(product=value).values("order"))


class OrderViewSet(Creates, Changes, Deletes, Collection):
    """Purchases and returns with their lines. By hand in the company's currency; the number is given by the server."""

    resource = "order"
    serializer_class = OrderSerializer
    filterset_class = OrderFilter
    search_fields = ("number", "customer__name")
    ordering = ("id", "ordered_at", "amount", "updated_at")
    default_order: ClassVar[tuple[str, ...]] = ("-ordered_at", "-id")

    def rows(self) -> QuerySet:
        """Orders outside the recycle bin."""
        rows = Order.objects.exclude(customer__deleted_at__isnull=False)
        return rows.select_related("customer", "channel", "return_of").prefetch_related("lines")

    @transaction.atomic
    def make(self, values: dict[str, Any]) -> Order:
        """Enter a purchase or a return; sums that came along must be those of its lines."""
        lines = [services.Line(**line) for line in values.pop("lines")]
        values.setdefault("ordered_at", clock.now())
        made = services.order_create(by=self.request.user, lines=lines, **values)
        shown, sent = self.get_serializer(made).data, self.request.data
        wrong = [name for name in SUMS if not same_value(sent.get(name), shown[name])]
        if wrong:
            raise ValidationError({name: [NOT_YOURS] for name in wrong})
        return made

    def change(self, row: Order, values: dict[str, Any]) -> None:
        """Write fields and, if given, replace all lines."""
        given = values.get("lines")
        lines = None if given is None else [services.Line(**line) for line in given]
        changes = {name: value for name, value in values.items() if name in EDITABLE}
        services.order_update(order=row, changes=changes, lines=lines, version=row.version, by=self.request.user)

    def remove(self, row: Order) -> None:
        """Into the recycle bin."""
        services.order_delete(order=row, by=self.request.user)


class TargetFilter(django_filters.FilterSet):
    user = IdFilter(field_name="user")
    metric = django_filters.ChoiceFilter(choices=Target.Metric.choices)
    month = django_filters.DateFilter()
    month_from = django_filters.DateFilter(field_name="month", lookup_expr="gte")
    month_to = django_filters.DateFilter(field_name="month", lookup_expr="lte")


class TargetViewSet(Creates, Changes, Deletes, Collection):
    """What people are to reach in a month."""

    resource = "target"
    serializer_class = TargetSerializer
    filterset_class = TargetFilter
    ordering = ("id", "month", "value")
    default_order: ClassVar[tuple[str, ...]] = ("-month", "-id")

    def rows(self) -> QuerySet:
        """All targets."""
        return Target.objects.select_related("user")

    def make(self, values: dict[str, Any]) -> Target:
        """Set a target where there is none yet."""
        same = {name: values[name] for name in ("user", "month")} | {"metric": values.get("metric", "revenue")}
        if Target.objects.for_user(self.request.user).filter(**same).exists():
            raise Conflict(_("This person has a target for the month already. Change that one."))
        return services.target_set(**same, value=values["value"], by=self.request.user)

    def change(self, row: Target, values: dict[str, Any]) -> None:
        """Another value."""
        if "value" in values:
            services.target_set(
                user=row.user, month=row.month, metric=row.metric, value=values["value"], by=self.request.user
            )

    def remove(self, row: Target) -> None:
        """Take the target back."""
        services.target_delete(target=row, by=self.request.user)
