"""What the columns of the customer list come to: only of customers whose row shows the person the figure."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db.models import Aggregate, Avg, OuterRef, Q, Subquery, Sum
from django.utils.translation import gettext as _

from accounts.scope import reach_of
from core import clock, company
from customers import completeness
from customers.models import Customer, OwnField, OwnKind
from customers.own import ordered, values
from sales.models import Order
from segmentation import rfm
from segmentation.selectors import days_that_count
from ui import formatting
from ui.listing import Asked, Total
from workbench.customer_list.rows import MONTHS


def _readable(asked: Asked) -> Q:
    """Customers whose rows show more than what everybody sees of the pool."""
    return _seen(asked, "customer.view") or Q()


def _seen(asked: Asked, permission: str) -> Q | None:
    """Customers on whom it counts, none of them by the pool alone; None where it isn't granted."""
    reach = reach_of(asked.user)
    scope = reach.scope(permission)
    if scope is None:
        return None
    return Q() if reach.everywhere(permission) else reach.rows(Customer, scope, permission, pool=False)


def _of_fact(name: str, made: type[Aggregate]) -> Callable[[Asked], Aggregate]:
    return lambda asked: made(f"facts__{name}", filter=_readable(asked))


def count_of(name: str) -> Total:
    """How many there are of all customers together."""
    return Total(_of_fact(name, Sum), formatting.number)


def average_of(name: str) -> Total:
    """Of a score, over those who have one."""
    return Total(_of_fact(name, Avg), lambda mean: _("average %(n)s") % {"n": formatting.number(mean, 1)})


def _bought(asked: Asked) -> Aggregate | None:
    """What the column of net sales shows, of customers whose orders the person sees."""
    seen = _seen(asked, "order.view")
    if seen is None:
        return None
    if days_that_count() != rfm.WINDOW_DAYS:
        return Sum("facts__monetary", filter=seen)
    first = clock.months_back(clock.business_date(), MONTHS)[0]
    # unscoped: of customers in reach, as bought_by_month
    orders = Order.objects.filter(customer=OuterRef("pk"), ordered_on__gte=first, state=Order.State.COMPLETED)
    net = orders.order_by().values("customer").annotate(net=Sum("amount")).values("net")
    return Sum(Subquery(net), filter=seen)


# Of all whose rows show it.
COMPLETENESS = Total(
    lambda asked: Avg(completeness.percentage(), filter=_readable(asked)),
    lambda mean: _("average %(n)s") % {"n": f"{formatting.number(mean, 1)}%"},
)


def _money(amount: Any) -> str:
    return formatting.money_round(amount, company.currency())


SALES = Total(_bought, _money)


def of_own(field: OwnField) -> Total | None:
    """Of a number or an amount of money; nothing where a rule of masking hides it of some customers."""
    if field.kind not in ordered.NUMBERS:
        return None

    def added(asked: Asked) -> Aggregate | None:
        if not values.reads_everywhere(asked.user, field):
            return None
        return Sum(ordered.value_of(field), filter=_readable(asked))

    def shown(found: Any) -> str:
        if field.kind == OwnKind.MONEY:
            return formatting.money(int(found), company.currency())
        return f"{found.normalize():,f}"

    return Total(added, shown)
