"""The customer's page: one query for the file with what other apps know of it, each part behind its own permission."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import F, OuterRef, QuerySet, Sum
from django.db.models.functions import JSONObject, TruncMonth
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.access import row_for
from accounts.masking import is_pool_only, masked
from accounts.models import User
from core import clock
from customers.models import Customer, Kind, Tag, facts_of
from sales.models import Order, OrderLine
from segmentation import catalogue
from segmentation.models import ChurnCase, ChurnReason, Tier, TierMove
from segmentation.selectors import scheme_of
from segmentation.wording import reason_text

YEAR = timedelta(days=365)
PRODUCTS = 5
REASONS = 3
TOUCHES_WANTED = 5
JOINED = ("facts", "owner", "service_owner", "channel", "team", "updated_by")
# What a complete file holds, by kind; the share of it is the completeness.
WANTED: dict[str, tuple[str, ...]] = {
    Kind.COMPANY: ("phone", "region", "industry", "company_size", "address", "channel_id"),
    Kind.PERSON: ("phone", "region", "occupation", "birthday", "address", "channel_id"),
}


@dataclass(frozen=True)
class OpenWarning:
    """The open churn warning: level, since when, why, what it is worth."""

    level: str
    opened_on: date
    reasons: list[str]
    at_risk: int | None


def customer_page(user: User, pk: int) -> Customer:
    """The customer, masked, with `tag_names`, `bought`, `products`, `warning` and `last_move`; 404 or 403."""
    rows = Customer.objects.select_related(*JOINED).defer("search_tokens").annotate(**_foreign(user))
    customer: Customer = row_for(rows, user, pk)
    customer.limited = is_pool_only(user, customer)
    masked(user, customer)
    customer.facts = facts_of(customer)
    customer.tier = catalogue.tier_of(customer)
    customer.warning = _warning(customer)
    customer.last_move = _move(customer)
    return customer


def _foreign(user: User) -> dict[str, Any]:
    """Subqueries on the customer's row; each sees only what `user` may."""
    mine = {"customer": OuterRef("pk")}
    orders = Order.objects.for_user(user).filter(**mine, state=Order.State.COMPLETED)
    return {
        "tag_names": ArraySubquery(Tag.objects.filter(customers=OuterRef("pk")).order_by("name").values("name")),
        "bought_json": ArraySubquery(_by_month(orders)),
        "products_json": ArraySubquery(_products(user)),
        "case_json": ArraySubquery(_cases(user, mine)),
        "move_json": ArraySubquery(
            TierMove.objects.for_user(user)
            .filter(**mine)
            .order_by("-on", "-id")
            .values(data=JSONObject(on="on", before="tier_before", after="tier_after", up="up"))[:1]
        ),
    }


def _by_month(orders: QuerySet) -> QuerySet:
    first = clock.months_back(clock.business_date(), 24)[0]
    grouped = orders.filter(ordered_on__gte=first).order_by().annotate(month=TruncMonth("ordered_on")).values("month")
    return grouped.annotate(net=Sum("amount")).values(data=JSONObject(month="month", net="net"))


def _products(user: User) -> QuerySet:
    """What is bought most often within a year: goods only, fees and discounts are no products."""
    orders = Order.objects.for_user(user).filter(customer=OuterRef(OuterRef("pk")), state=Order.State.COMPLETED)
    lines = OrderLine.objects.filter(order__in=orders.filter(ordered_on__gte=clock.business_date() - YEAR).values("pk"))
    goods = lines.filter(product__flag="").order_by().values(name=F("product__name"))
    counted = goods.annotate(quantity=Sum("quantity")).filter(quantity__gt=0).order_by("-quantity", "name")
    return counted.values(data=JSONObject(name="name", quantity="quantity"))[:PRODUCTS]


def _cases(user: User, mine: dict[str, Any]) -> QuerySet:
    why = ChurnReason.objects.filter(case=OuterRef("pk")).order_by("position")
    reasons = ArraySubquery(why.values(data=JSONObject(code="code", numbers="numbers"))[:REASONS])
    cases = ChurnCase.objects.for_user(user).filter(**mine, closed_at=None).annotate(reasons_json=reasons)
    shown = {"level": "level", "opened_on": "opened_on", "reasons": "reasons_json", "at_risk": "value_at_risk"}
    return cases.values(data=JSONObject(**shown))[:1]


def _warning(customer: Customer) -> OpenWarning | None:
    if not customer.case_json:
        return None
    case = customer.case_json[0]
    texts = [reason_text(reason["code"], reason["numbers"]) for reason in case["reasons"]]
    return OpenWarning(case["level"], date.fromisoformat(case["opened_on"]), texts, case["at_risk"])


@dataclass(frozen=True)
class LastMove:
    """The last change of tier."""

    on: date
    up: bool
    before: Tier | None
    after: Tier | None


def _move(customer: Customer) -> LastMove | None:
    if not customer.move_json:
        return None
    data, scheme = customer.move_json[0], scheme_of(customer)
    named = catalogue.catalogue()
    before, after = named.get((scheme, data["before"])), named.get((scheme, data["after"]))
    return LastMove(date.fromisoformat(data["on"]), data["up"], before, after)


@dataclass(frozen=True)
class Purchases:
    """Net amounts by month in minor units, this year beside the year before."""

    months: list[date]
    values: list[int]
    total: int
    before: int

    @property
    def change(self) -> float | None:
        """Share of growth over the 12 months before; None without a base."""
        return (self.total - self.before) / self.before if self.before > 0 else None


def purchases(customer: Customer) -> Purchases | None:
    """Of the last 12 months and the 12 before; None without any order in sight."""
    # A subquery that may see nothing at all gives None.
    net = {date.fromisoformat(str(row["month"])[:10]): int(row["net"]) for row in customer.bought_json or []}
    if not net:
        return None
    months = clock.months_back(clock.business_date(), 24)
    values = [net.get(month, 0) for month in months]
    return Purchases(months[12:], values[12:], sum(values[12:]), sum(values[:12]))


@dataclass(frozen=True)
class Completeness:
    """How much of the wanted file is filled, and what is missing."""

    percent: int
    missing: Sequence[str | Promise]


def completeness(customer: Customer, contacts: int) -> Completeness:
    """By the kind of customer; a company also needs a contact."""
    wanted = WANTED.get(customer.kind, WANTED[Kind.PERSON])
    missing = [_label(name) for name in wanted if not getattr(customer, name)]
    count = len(wanted)
    if customer.kind == Kind.COMPANY:
        count += 1
        missing += [] if contacts else [_("contact")]
    return Completeness(round(100 * (count - len(missing)) / count), missing)


def _label(name: str) -> str:
    return Customer._meta.get_field(name.removesuffix("_id")).verbose_name
