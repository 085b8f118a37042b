"""The buying profile of a customer: what they like to buy, how often, when next, for how much, and how they pay.

Of the last 365 days, from completed orders less what came back: products by units and by net amount without fees and
discounts, the size of an order as the purchase less its returns. Cycle and next purchase are those of the night.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django.contrib.postgres.expressions import ArraySubquery
from django.contrib.postgres.fields import ArrayField
from django.db.models import (
    Aggregate,
    BigIntegerField,
    Count,
    DecimalField,
    ExpressionWrapper,
    F,
    JSONField,
    Max,
    OuterRef,
    QuerySet,
    Subquery,
    Sum,
    Value,
)
from django.db.models.functions import Coalesce, JSONObject, Round
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import User
from accounts.scope import reach_of
from core import clock, company
from core.contributions import CustomerPanel, Folded
from customers.models import Customer, facts_of
from sales.models import Order, OrderLine
from segmentation.buying import gaps
from segmentation.buying.models import BuyingRhythm
from segmentation.buying.words import expected_day, expected_note
from segmentation.qualification.models import Frame
from segmentation.qualification.words import NAMES, STEPS
from segmentation.selectors import scheme_of
from ui import formatting
from ui.templatetags.ui import typed

WINDOW = timedelta(days=365)
MOST = 5  # products by units, and as many by amount
EXACT: DecimalField[Any, Any] = DecimalField(max_digits=40, decimal_places=10)
ENOUGH_ORDERS = 4  # for a range beside the middle


class Ranks(Aggregate):
    """The quartiles of a column as nearest ranks, as those of intervals (segmentation.buying.gaps)."""

    function = "percentile_disc"
    template = "%(function)s(ARRAY[0.25, 0.5, 0.75]) WITHIN GROUP (ORDER BY %(expressions)s)"
    output_field = ArrayField(BigIntegerField())


@dataclass(frozen=True)
class Favourite:
    """A product with units and net amount."""

    product: int
    name: str
    quantity: float
    net: int
    url: str


@dataclass(frozen=True)
class OrderSize:
    """Net amounts of orders: half of them are at most `middle`; `low` and `high` only of enough orders."""

    orders: int
    middle: int
    low: int | None
    high: int | None

    @property
    def range_words(self) -> str:
        """Between which amounts half of them lie."""
        if self.low is None or self.high is None:
            return ""
        code = company.currency()
        words = {"low": formatting.money_round(self.low, code), "high": formatting.money_round(self.high, code)}
        return _("half of them between %(low)s and %(high)s") % words


@dataclass(frozen=True)
class Stated:
    """What a rep found out about money."""

    code: str  # the letter, budget or funds
    value: int | None  # 0 to 3
    letter: str
    step: str
    note: str

    @property
    def words(self) -> str:
        return self.step or _("noted")


@dataclass(frozen=True)
class Line:
    """A figure of the card with the way to what it counts; without a value there is no data yet."""

    label: str
    value: str
    url: str = ""
    note: str = ""
    typed: bool = False  # somebody typed the value
    note_typed: bool = False


@dataclass(frozen=True)
class BuyingProfile:
    """What is known; None or empty where there is no data yet."""

    favourites: list[Favourite]
    size: OrderSize | None
    cycle_days: int | None
    next_on: date | None
    next_from: date | None
    next_until: date | None
    next_note: str
    stated: Stated | None
    payment: str
    payment_method: str  # its code
    payment_orders: int
    changed_at: datetime | None
    orders_url: str
    size_url: str
    payment_url: str
    stated_url: str

    @property
    def lines(self) -> list[Line]:
        """How often, when next, for how much, with what budget, and how they pay."""
        cycle, size, stated = "", self.size, self.stated
        if self.cycle_days:
            cycle = ngettext("every %(n)s day", "every %(n)s days", self.cycle_days) % {"n": self.cycle_days}
        amount = formatting.money_round(size.middle, company.currency()) if size else ""
        of_orders = [size.range_words, _orders(size.orders)] if size else []
        return [
            Line(_("Own cycle"), cycle, self.orders_url),
            Line(_("Next purchase"), self.next_words, self.orders_url, self.next_note),
            Line(_("Usual order"), amount, self.size_url, " · ".join(filter(None, of_orders))),
            Line(stated.letter, stated.words, self.stated_url, stated.note, note_typed=True)
            if stated
            else Line(_("Budget"), ""),
            Line(
                _("Pays mostly by"),
                self.payment,
                self.payment_url,
                _orders(self.payment_orders) if self.payment else "",
                typed=True,
            ),
        ]

    @property
    def next_words(self) -> str:
        return expected_day(self.next_on) if self.next_on else ""

    @property
    def currency(self) -> str:
        return company.currency()


# --- reading ---------------------------------------------------------------------------------------------------------
def _completed(user: User, customer: Any) -> QuerySet[Order]:
    since = clock.business_date() - WINDOW
    rows = Order.objects.for_user(user).filter(customer=customer, state=Order.State.COMPLETED, ordered_on__gte=since)
    return rows.order_by()


def _favourites(user: User, *by: str) -> ArraySubquery:
    orders = _completed(user, OuterRef(OuterRef("pk")))
    lines = OrderLine.objects.filter(order__in=orders.values("pk"), product__flag="").order_by()
    # Lines are in major units of the order's currency; its rate says what they count as.
    scale = Value(Decimal(10 ** formatting.minor_digits(company.currency())))
    counted = ExpressionWrapper(F("amount") * F("order__rate") * scale, output_field=EXACT)
    summed = lines.values("product", name=F("product__name")).annotate(units=Sum("quantity"), net=Round(Sum(counted)))
    found = summed.filter(units__gt=0).order_by(*by, "name")
    return ArraySubquery(found.values(data=JSONObject(product="product", name="name", units="units", net="net"))[:MOST])


def _sizes(user: User) -> ArraySubquery:
    # unscoped: a return belongs to the customer of its purchase
    back = Order.objects.filter(return_of=OuterRef("pk"), state=Order.State.COMPLETED).order_by()
    returned = Subquery(back.values("return_of").annotate(n=Sum("amount")).values("n"))
    rows = _completed(user, OuterRef("pk")).filter(kind=Order.Kind.PURCHASE)
    net = rows.annotate(net=F("amount") + Coalesce(returned, 0)).filter(net__gt=0)
    found = net.values("customer").annotate(orders=Count("pk"), ranks=Ranks("net"))
    return ArraySubquery(found.values(data=JSONObject(orders="orders", ranks="ranks")))


def _payments(user: User) -> ArraySubquery:
    rows = _completed(user, OuterRef("pk")).filter(kind=Order.Kind.PURCHASE).exclude(payment_method="")
    found = rows.values("payment_method").annotate(n=Count("pk")).order_by("-n", "payment_method")
    return ArraySubquery(found.values(data=JSONObject(method="payment_method", n="n"))[:1])


def _changes(user: User) -> ArraySubquery:
    found = _completed(user, OuterRef("pk")).values("customer").annotate(at=Max("updated_at"))
    return ArraySubquery(found.values(data=JSONObject(at="at")))


def read(user: User) -> JSONObject:
    """Everything of one customer, for the one query of the page."""
    nothing = Value([], JSONField())
    rhythm: Any = nothing
    if user.can("score.view"):
        rows = BuyingRhythm.objects.for_user(user).filter(customer=OuterRef("pk"))
        names = ("days", "last_on", "low", "middle", "high")
        rhythm = ArraySubquery(rows.values(data=JSONObject(**{name: name for name in names}))[:1])
    return JSONObject(
        by_units=_favourites(user, "-units"),
        by_net=_favourites(user, "-net"),
        sizes=_sizes(user),
        payments=_payments(user),
        changes=_changes(user),
        rhythm=rhythm,
    )


def _orders(count: int) -> str:
    return ngettext("%(n)s order", "%(n)s orders", count) % {"n": count}


# --- drawing ---------------------------------------------------------------------------------------------------------
def _draw(user: User, customer: Customer, found: Mapping[str, Any] | None) -> BuyingProfile | None:
    """Nothing of who never bought and told nothing about money."""
    profile = profile_of(user, customer, found)
    known = facts_of(customer).orders_total or profile.changed_at or profile.stated
    return profile if known else None


def profile_of(user: User, customer: Customer, found: Mapping[str, Any] | None) -> BuyingProfile:
    """What was found, in figures. The customer comes with facts and qualification."""
    found = found or {}
    facts, stated = facts_of(customer), _stated(user, customer)
    orders = f"{reverse('order_list')}?"
    whose = {"customer": customer.pk}
    year = whose | {"since": (clock.business_date() - WINDOW).isoformat(), "state": "completed"}
    paid = next(iter(found.get("payments") or ()), None)
    method = paid["method"] if paid else ""
    changed = next(iter(found.get("changes") or ()), None)
    rhythm = _rhythm(found)
    own = rhythm is not None and facts.next_order_by == gaps.OWN and rhythm.middle is not None
    may_ask = reach_of(user).holds(customer, "qualification.change")
    expected = None if facts.rated_tonight or rhythm is None else facts.next_order_on
    ranged = expected is not None and own and rhythm is not None
    return BuyingProfile(
        favourites=_liked(found, lambda pk: orders + urlencode(year | {"product": pk})),
        size=_size(found),
        cycle_days=rhythm.middle if rhythm is not None and own else None,
        next_on=expected,
        next_from=rhythm.last_on + timedelta(days=rhythm.low or 0) if rhythm is not None and ranged else None,
        next_until=rhythm.last_on + timedelta(days=rhythm.high or 0) if rhythm is not None and ranged else None,
        next_note=expected_note(facts, rhythm, scheme_of(customer)) if expected is not None else "",
        stated=stated,
        payment=str(dict(Order.Payment.choices).get(method, method)) if method else "",
        payment_method=method,
        payment_orders=paid["n"] if paid else 0,
        changed_at=datetime.fromisoformat(changed["at"]) if changed else None,
        orders_url=orders + urlencode(whose),
        size_url=orders + urlencode(year | {"kind": "purchase", "sort": "-amount"}),
        payment_url=orders + urlencode(year | {"kind": "purchase", "paid": method}),
        stated_url=reverse("qualification", args=[customer.pk]) if stated and may_ask else "",
    )


def _rhythm(found: Mapping[str, Any]) -> BuyingRhythm | None:
    row = next(iter(found.get("rhythm") or ()), None)
    return BuyingRhythm(**{**row, "last_on": date.fromisoformat(row["last_on"])}) if row else None


def _liked(found: Mapping[str, Any], url: Any) -> list[Favourite]:
    """Those by units, then those of the largest amounts that aren't among them."""
    rows = {row["product"]: row for row in [*(found.get("by_units") or ()), *(found.get("by_net") or ())]}
    return [
        Favourite(row["product"], row["name"], float(row["units"]), int(row["net"]), url(row["product"]))
        for row in rows.values()
    ]


def _size(found: Mapping[str, Any]) -> OrderSize | None:
    row = next(iter(found.get("sizes") or ()), None)
    if row is None:
        return None
    low, middle, high = row["ranks"]
    enough = row["orders"] >= ENOUGH_ORDERS
    return OrderSize(row["orders"], middle, low if enough else None, high if enough else None)


def _stated(user: User, customer: Customer) -> Stated | None:
    """What somebody was told about money: the letter of the frame in use before that of the other one."""
    answers = getattr(customer, "qualification", None)
    if answers is None or not user.can("qualification.view"):
        return None
    for letter in ("funds", "budget") if answers.frame == Frame.FAINT else ("budget", "funds"):
        step, note = getattr(answers, letter), getattr(answers, f"{letter}_note")
        if step is not None or note:
            return Stated(letter, step, str(NAMES[letter]), str(STEPS[letter][step]) if step is not None else "", note)
    return None


def _fold(customer: Customer, profile: BuyingProfile) -> Folded:
    return Folded(_("Buying profile"), typed(profile.favourites[0].name) if profile.favourites else formatting.DASH)


PANEL = CustomerPanel(
    "buying_profile",
    "right",
    "segmentation/buying/profile.html",
    40,
    permission="order.view",
    read=read,
    draw=_draw,
    folded=_fold,
)
