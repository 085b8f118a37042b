"""Products, orders with lines and returns, exchange rates and targets. Money is bigint minor units."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Func, Q
from django.db.models.functions import Collate, Upper
from django.utils.translation import gettext_lazy as _

from accounts.scope import Scoped, ScopedManager, ScopedQuerySet
from core.base import Binned, Stamped, Versioned
from core.history import tracked
from customers.models import CUSTOMER_OWNERS, Channel, Customer
from sales.needs.models import Need, NeedStep  # noqa: F401  # Django looks for the models of an app here


class Product(models.Model):
    """Something sold. Fees and discounts count in sums, but not as a product that somebody bought."""

    class Flag(models.TextChoices):
        NONE = "", _("goods or service")
        FEE = "fee", _("fee")
        DISCOUNT = "discount", _("discount")

    sku = models.CharField(_("product number"), max_length=60, unique=True)
    name = models.CharField(_("name"), max_length=200)
    unit_price = models.DecimalField(_("unit price"), max_digits=18, decimal_places=4, null=True, blank=True)
    unit_cost = models.DecimalField(_("unit cost"), max_digits=18, decimal_places=4, null=True, blank=True)
    flag = models.CharField(_("counts as"), max_length=8, choices=Flag, blank=True, default="")
    is_active = models.BooleanField(_("active"), default=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["name", "id"]
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["name", "id"], name="product_by_name")]

    def __str__(self) -> str:
        return self.name


class ExchangeRate(models.Model):
    """How many units of company currency one unit of `code` was worth on `date`."""

    date = models.DateField()
    code = models.CharField(max_length=3)
    rate = models.DecimalField(max_digits=18, decimal_places=8)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["code", "date"], name="one_rate_per_day"),
            models.CheckConstraint(condition=Q(rate__gt=0), name="rate_above_zero"),
        ]


# How an order is asked for: by the beginning of its number, sorted by bytes, so that the number itself stands before
# all that only begin like it; and by the digits at its end, as people say SO-014625: 14625.
NUMBER_KEY = Collate(Upper("number"), "C")
NUMBER_TAIL = Func(
    F("number"), template="substring(%(expressions)s from '0*([0-9]+)$')", output_field=models.CharField()
)


class AliveOrderManager(ScopedManager):
    """Hides the recycle bin; orders without customer stay."""

    def get_queryset(self) -> ScopedQuerySet:
        return super().get_queryset().filter(deleted_at=None)


@tracked(exclude=("updated_at", "updated_by", "version"))
class Order(Stamped, Versioned, Binned, Scoped):
    """A purchase or a return. An imported order is identified by (source, number)."""

    scope_resource: ClassVar[str] = "order"
    scope_owner: ClassVar[tuple[str, ...]] = CUSTOMER_OWNERS
    scope_customer: ClassVar[str | None] = "customer"

    class Kind(models.TextChoices):
        PURCHASE = "purchase", _("purchase")
        RETURN = "return", _("return")

    class State(models.TextChoices):
        COMPLETED = "completed", _("completed")
        OPEN = "open", _("open")
        CANCELLED = "cancelled", _("cancelled")

    class Payment(models.TextChoices):
        UNKNOWN = "", _("not stated")
        CASH = "cash", _("cash")
        TRANSFER = "transfer", _("bank transfer")
        CARD = "card", _("card")
        WECHAT = "wechat", _("WeChat Pay")
        ALIPAY = "alipay", _("Alipay")
        CREDIT = "credit", _("on account")
        OTHER = "other", _("other")

    source = models.CharField(max_length=40, default="manual", editable=False)
    number = models.CharField(_("order number"), max_length=80)
    customer = models.ForeignKey(Customer, models.PROTECT, null=True, blank=True, related_name="orders")
    kind = models.CharField(_("kind"), max_length=8, choices=Kind, default=Kind.PURCHASE)
    state = models.CharField(_("state"), max_length=9, choices=State, default=State.COMPLETED)
    ordered_at = models.DateTimeField(_("ordered at"))
    ordered_on = models.DateField(editable=False)  # the company-zone date of ordered_at
    currency = models.CharField(_("currency"), max_length=3)
    rate = models.DecimalField(max_digits=18, decimal_places=8, default=1, editable=False)
    total = models.BigIntegerField(editable=False)  # minor units of `currency`; below zero for returns
    amount = models.BigIntegerField(editable=False)  # the same in minor units of the company's currency
    payment_method = models.CharField(_("payment method"), max_length=40, blank=True, default="")
    channel = models.ForeignKey(Channel, models.PROTECT, null=True, blank=True, verbose_name=_("channel"))
    region = models.CharField(_("region"), max_length=80, blank=True)
    return_of = models.ForeignKey("self", models.SET_NULL, null=True, blank=True, related_name="returns")
    notes = models.CharField(_("notes"), max_length=300, blank=True)
    content_hash = models.CharField(max_length=64, blank=True, editable=False)  # of the lines as imported

    objects = AliveOrderManager()
    all_objects = ScopedQuerySet.as_manager()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["source", "number"], name="order_once_per_source"),
            models.CheckConstraint(condition=~Q(kind="return") | Q(total__lte=0), name="returns_are_negative"),
        ]
        indexes: ClassVar[list[models.Index]] = [
            # The night: what a customer bought in the window, without touching the table.
            models.Index(
                fields=["customer", "ordered_on"],
                include=["amount", "kind", "state", "id"],
                name="order_night",
                condition=Q(deleted_at=None),
            ),
            # Who waits for an order is not warned.
            models.Index(fields=["customer"], name="order_open", condition=Q(deleted_at=None, state="open")),
            models.Index(fields=["customer", "-ordered_at", "-id"], name="order_timeline"),
            models.Index(fields=["-ordered_at", "-id"], name="order_list"),
            models.Index(NUMBER_KEY, name="order_by_number"),
            models.Index(NUMBER_TAIL, name="order_by_number_tail"),
            models.Index(fields=["-amount", "-id"], name="order_by_amount"),
            # Sales of a month by person, without touching the table.
            models.Index(
                fields=["ordered_on"],
                include=["customer", "amount"],
                name="order_month",
                condition=Q(deleted_at=None, state="completed"),
            ),
        ]

    def __str__(self) -> str:
        return self.number


class OrderLine(models.Model):
    """One line as sold. An order may have two equal lines."""

    order = models.ForeignKey(Order, models.CASCADE, related_name="lines", db_index=False)
    product = models.ForeignKey(Product, models.PROTECT, null=True, blank=True, related_name="lines")
    description = models.CharField(_("description"), max_length=200, blank=True)
    quantity = models.DecimalField(_("quantity"), max_digits=14, decimal_places=3)
    unit_price = models.DecimalField(_("unit price"), max_digits=18, decimal_places=4)
    unit_cost = models.DecimalField(_("unit cost"), max_digits=18, decimal_places=4, null=True, blank=True)
    discount = models.DecimalField(_("discount"), max_digits=18, decimal_places=4, default=0)
    amount = models.DecimalField(max_digits=20, decimal_places=4, editable=False)  # major units, order currency

    class Meta:
        indexes: ClassVar[list[models.Index]] = [
            # The lines of an order, and the night: which products, without touching the table.
            models.Index(fields=["order"], include=["product"], name="line_by_order"),
            models.Index(fields=["product"], name="line_by_product"),
        ]


class Target(Scoped):
    """What a person is to reach in a month.

    Values: money in minor units, counts as they are, retention in per cent, satisfaction in hundredths of a mark.
    """

    scope_resource: ClassVar[str] = "target"
    scope_owner: ClassVar[tuple[str, ...]] = ("user",)

    class Metric(models.TextChoices):
        REVENUE = "revenue", _("sales")
        ORDERS = "orders", _("orders")
        VISITS = "visits", _("visits")
        NEW = "new", _("new customers")
        RETENTION = "retention", _("retention")
        SATISFACTION = "csat", _("satisfaction")

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="targets")
    month = models.DateField(_("month"))  # its first day
    metric = models.CharField(_("metric"), max_length=10, choices=Metric, default=Metric.REVENUE)
    value = models.BigIntegerField(_("target"))
    updated_at = models.DateTimeField(auto_now=True)
    updated_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    version = models.PositiveIntegerField(default=1, editable=False)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["user", "month", "metric"], name="one_target_per_month"),
            models.CheckConstraint(condition=Q(value__gte=0), name="target_not_negative"),
            models.CheckConstraint(condition=Q(month__day=1), name="target_month_is_its_first_day"),
        ]


class ToSum(models.Model):
    """A customer of whom something was written that `SoldSum` counts: an order, the owner, a change of owner, the bin.

    Triggers write it (migration 0008), `sales.services.sums` takes it away. Nothing is unique here, so no writer waits
    for another.
    """

    customer_id = models.BigIntegerField()


class SoldShare(models.Model):
    """What one customer brings to a `SoldSum`. No keys of the server's: who is deleted for good is noted, and goes."""

    customer_id = models.BigIntegerField()
    seller = models.BigIntegerField()
    month = models.DateField()  # its first day
    net = models.BigIntegerField()
    purchases = models.IntegerField()
    orders = models.IntegerField()  # returns too

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["customer_id", "month", "seller"], name="sold_share_once")
        ]


class SoldSum(models.Model):
    """Net sales of a month, its purchases and all its orders by `seller` (`sales.goals.sold_by`), as last added up."""

    seller = models.BigIntegerField()
    month = models.DateField()
    net = models.BigIntegerField()
    purchases = models.IntegerField()
    orders = models.IntegerField()  # returns too

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["seller", "month"], name="sold_sum_once")
        ]


class SoldSince(models.Model):
    """One row: the first month of which sums are kept, once they are."""

    month = models.DateField()
