"""A company whose customers were scored at two month ends, for the tests of the tier dashboard."""

from __future__ import annotations

from datetime import date

from accounts.models import Team, User
from conftest import Cast
from core import clock
from customers.models import Customer, CustomerFacts
from sales.models import Order
from segmentation import night

MONTH_ENDS = (date(2026, 8, 31), date(2026, 9, 30))


def order(customer: Customer, on: date, amount: int) -> Order:
    return Order.objects.create(
        number=f"{customer.number}-{on}-{amount}",
        customer=customer,
        ordered_at=clock.at_local(on, clock.NIGHT_BEGINS.replace(hour=10), clock.company.zone()),
        ordered_on=on,
        currency="CNY",
        total=amount,
        amount=amount,
    )


def make(number: str, owner: User | None, team: Team | None) -> Customer:
    customer = Customer.objects.create(number=number, kind="person", name=number, owner=owner, team=team)
    CustomerFacts.objects.create(customer=customer)
    return customer


def score(cast: Cast) -> None:
    """Two customers of 小王's, one of the stranger's; one of 小王's moves down."""
    steady, fading, foreign = (
        make("A", cast.wang, cast.shanghai),
        make("B", cast.wang, cast.shanghai),
        make("C", cast.outsider, cast.north),
    )
    for day in (date(2026, 7, 3), date(2026, 7, 20), date(2026, 9, 28)):
        order(steady, day, 50_000)
    order(fading, date(2026, 7, 30), 10_000)
    order(foreign, date(2026, 9, 1), 70_000)
    rescore()


def widen(cast: Cast) -> None:
    """Beside them a company, one without purchase, one that came after the first month, and one nobody owns."""
    firm = Customer.objects.create(number="F", kind="company", name="F", owner=cast.li, team=cast.shanghai)
    fresh = make("N", cast.lead, cast.shanghai)
    for customer in (firm, make("P", cast.wang, cast.shanghai), make("O", None, None)):
        CustomerFacts.objects.get_or_create(customer=customer)
    for day in (date(2026, 7, 2), date(2026, 7, 5), date(2026, 8, 9)):
        order(firm, day, 90_000)
    order(fresh, date(2026, 9, 20), 30_000)
    rescore()


def rescore() -> None:
    """The nights of both month ends."""
    for as_of in MONTH_ENDS:
        night.rescore(as_of)
