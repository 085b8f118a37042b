"""What a customer's history shows of this app: orders and returns, with what was in them."""

from decimal import Decimal

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Case, Count, F, OuterRef, Q, Subquery, Value, When
from django.db.models.functions import Abs, JSONObject
from django.utils.html import format_html
from django.utils.translation import gettext as _

from core.contributions import TimelineEntry, TimelinePart
from customers.models import Customer
from sales import money
from sales.models import Order, OrderLine

GOODS = Q(product=None) | Q(product__flag="")  # what isn't a fee or a discount
NAME = Case(When(~Q(description=""), then=F("description")), default=F("product__name"))
LINES = OrderLine.objects.filter(order=OuterRef("pk")).order_by()
# The largest of the goods stands for the order; where there are none, the largest fee.
FIRST_LINE = (
    LINES.annotate(last=Case(When(GOODS, then=Value(0)), default=Value(1)))
    .order_by("last", Abs("amount").desc(), "pk")
    .values(data=JSONObject(name=NAME, quantity="quantity"))[:1]
)
KINDS_OF_GOODS = LINES.filter(GOODS).values("order").annotate(n=Count("pk")).values("n")


def _order(customer: Customer, entry: TimelineEntry) -> None:
    data = entry.data
    data["is_return"] = data["kind"] == Order.Kind.RETURN
    entry.icon, entry.tone = ("undo-2", "") if data["is_return"] else ("shopping-bag", "good")
    method = data["payment_method"]
    data["payment"] = (dict(Order.Payment.choices).get(method) or method) if method else ""
    data["state_word"] = "" if data["state"] == "completed" else Order.State(data["state"]).label
    if data["first"] and data["first"][0]["name"]:
        name, quantity = data["first"][0]["name"], Decimal(str(data["first"][0]["quantity"]))
        goods = format_html(
            '<span data-user>{}</span> <span class="digits">×{}</span>', name, money.written(abs(quantity))
        )
        others = (data["goods_lines"] or 0) - 1
        data["goods"] = format_html(_("{goods} and {n} more"), goods=goods, n=others) if others > 0 else goods


ORDERS = TimelinePart(
    "order",
    tab="orders",
    permission="order.view",
    rows=lambda user, customer_id: Order.objects.for_user(user).filter(customer=customer_id),
    at=F("ordered_at"),
    fields={name: name for name in ("number", "kind", "state", "total", "currency", "payment_method", "notes")}
    | {"first": ArraySubquery(FIRST_LINE), "goods_lines": Subquery(KINDS_OF_GOODS)},
    template="sales/timeline.html",
    describe=_order,
)
