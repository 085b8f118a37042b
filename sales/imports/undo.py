"""What order imports make and change besides customers, and how it is taken back: orders with lines, products."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, ClassVar

from django.db.models import Exists, OuterRef
from django.urls import reverse
from django.utils.translation import gettext_lazy, ngettext_lazy

from accounts.models import User
from core import sql
from customers.imports.undo import CHANNEL_PART, CUSTOMER_PARTS, CUSTOMER_PERMISSIONS, beyond_reach, not_own_to_delete
from customers.models import Customer
from intake.models import ImportedRow
from intake.parts import ALONG, CataloguePart, Look, Part, Stay
from sales.imports.recorded import ORDER, PRODUCT, RATE, STAGE, TARGET
from sales.models import ExchangeRate, Order, Product, Target
from sales.services.facts import order_facts_refresh

RETURNED = "returned"


class OrderPart(Part):
    """New orders go with their lines; changed ones get their old lines back. Their customers' facts follow at once."""

    rows = ORDER
    model = Order
    made_words = back_words = kept_words = ngettext_lazy("%(n)s order", "%(n)s orders", "n")
    customers = "orders"
    columns = (
        "customer_id", "kind", "state", "ordered_at", "ordered_on", "currency", "rate", "total", "amount",
        "payment_method", "channel_id", "region", "return_of_id", "notes", "content_hash",
    )  # fmt: skip
    references = (
        ("customer_id", "customers_customer"),
        ("channel_id", "customers_channel"),
        ("return_of_id", "sales_order"),
    )
    reasons: ClassVar[dict[str, Any]] = {RETURNED: gettext_lazy("goods of it have come back since")}

    def touched(self, look: Look) -> Iterable[Stay]:
        yield from not_own_to_delete(look, Order, self.what, "order.delete")
        yield from beyond_reach(look, Order, look.recorded(self.what, made=False), "order.change")
        mine = ImportedRow.objects.filter(job=look.job, what=self.what, row_id=OuterRef("pk"))
        # unscoped: a return that the person doesn't see keeps its purchase all the same
        back = Order.all_objects.filter(return_of__in=look.recorded(self.what).values("row_id"))
        for pk in back.filter(~Exists(mine)).values_list("return_of_id", flat=True):
            yield Stay(pk, RETURNED)

    def names(self, ids: Sequence[int], user: User) -> dict[int, tuple[str, str]]:
        rows = Order.all_objects.for_user(user).filter(pk__in=ids).values_list("pk", "number", "customer_id")
        return {pk: (number, reverse("customer", args=[of]) if of else "") for pk, number, of in rows}

    def take_back(self, look: Look) -> Any:
        ids = list(look.ids or ())
        # unscoped: whose facts follow has nothing to do with who asked
        customers = set(Order.all_objects.filter(pk__in=ids).values_list("customer_id", flat=True))
        counts = super().take_back(look)
        customers |= set(Order.all_objects.filter(pk__in=ids).values_list("customer_id", flat=True))
        order_facts_refresh(sorted(customers - {None}))
        return counts

    def put_back(self, look: Look, ids: Sequence[int]) -> None:
        super().put_back(look, ids)
        sql.change("sales.imports", "put_back_lines", {"job": look.job.pk, "what": self.what, "ids": list(ids)})


class StagePart(Part):
    """Customers that were there get the stage back that they had; what other orders say of it is worked out anew."""

    rows = STAGE
    model = Customer
    columns = ("stage", "stage_since")

    def judge(self, look: Look) -> tuple[dict[int, Stay], set[int]]:
        """Whoever has edited the customer since has looked at its stage too: nothing to be told of."""
        stays, gone = super().judge(look)
        return {}, gone | set(stays)

    def settle(self, look: Look, made: Sequence[int], changed: Sequence[int]) -> None:
        order_facts_refresh(changed)


class ProductPart(CataloguePart):
    rows = PRODUCT
    model = Product
    made_words = back_words = kept_words = ngettext_lazy("%(n)s product", "%(n)s products", "n")
    columns = ("name", "unit_price", "unit_cost", "flag", "is_active")

    def touched(self, look: Look) -> Iterable[Stay]:
        yield from super().touched(look)
        if not look.ahead:
            values = {"job": look.job.pk, "ids": list(look.of(self.what, made=True))}
            for (pk,) in sql.fetch("sales.imports", "products_remembered", values):
                yield Stay(pk, ALONG)

    def names(self, ids: Sequence[int], user: User) -> dict[int, tuple[str, str]]:
        return {row.pk: (row.name, "") for row in Product.objects.filter(pk__in=ids)}


ORDER_PARTS = (OrderPart(), StagePart(), *CUSTOMER_PARTS[:2], ProductPart(), CHANNEL_PART)
ORDER_PERMISSIONS = (*CUSTOMER_PERMISSIONS, "order.delete", "order.change")


# --- kinds whose rows stand each for itself ---------------------------------------------------------------------------


class TargetPart(Part):
    rows = TARGET
    model = Target
    made_words = back_words = kept_words = ngettext_lazy("%(n)s target", "%(n)s targets", "n")
    columns = ("value",)

    def touched(self, look: Look) -> Iterable[Stay]:
        if look.by is not None:
            for made, permission in ((True, "target.delete"), (False, "target.change")):
                reach = Target.objects.for_user(look.by, permission).order_by().values("pk")
                outside = look.recorded(self.what, made=made).exclude(row_id__in=reach)
                yield from (Stay(pk, "beyond") for pk in outside.values_list("row_id", flat=True))


class RatePart(Part):
    rows = RATE
    model = ExchangeRate
    made_words = back_words = kept_words = ngettext_lazy("%(n)s exchange rate", "%(n)s exchange rates", "n")
    columns = ("rate",)
