"""Small random companies in the database, and what the pure rules say about them: the oracle of the nightly SQL."""

import random
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from statistics import median

from django.db import connection

from customers.models import Customer
from sales.models import Order
from segmentation import churn, lifecycle, rfm, selectors, tiers
from segmentation.models import ChurnParams, ScoreInterval

FIRST_DAY = date(2024, 1, 1)


@dataclass
class Deal:
    """One order as the oracle sees it; `returned_on` = the day on which a linked return takes all of it back."""

    customer: str
    day: date
    cents: int
    kind: str = "purchase"
    state: str = "completed"
    deleted: bool = False
    returned_on: date | None = None


@dataclass
class World:
    """Customers (number -> kind) and their deals."""

    kinds: dict[str, str] = field(default_factory=dict)
    deals: list[Deal] = field(default_factory=list)
    binned: set[str] = field(default_factory=set)


def random_world(seed: int, customers: int = 280, days: int = 900) -> World:
    """Buyers of every kind: regular, fading, one-time, returning everything, only free samples, never."""
    chance, world = random.Random(seed), World()
    for index in range(customers):
        number = f"K{index:05d}"
        world.kinds[number] = chance.choice(["company", "person", "person", "unknown"])
        _buy(world, chance, number, days)
        if chance.random() < 0.03:
            world.binned.add(number)
    return world


def _buy(world: World, chance: random.Random, number: str, days: int) -> None:
    day, gap = chance.randrange(days), chance.choice([5, 12, 20, 45, 90, 200])
    stop = chance.choice([days, days, day + chance.randrange(1, 500), day])
    while day <= min(stop, days - 1) and chance.random() > 0.03:
        world.deals.extend(_deals_of_a_day(chance, number, FIRST_DAY + timedelta(days=day)))
        day += max(1, round(chance.expovariate(1 / gap)))


def _deals_of_a_day(chance: random.Random, number: str, day: date) -> list[Deal]:
    found = []
    for _ in range(chance.choice([1, 1, 1, 2])):
        deal = Deal(number, day, chance.choice([0, 990, 5_000, 5_000, chance.randrange(100, 400_000)]))
        fate = chance.random()
        if fate < 0.06:
            deal.returned_on = day + timedelta(days=chance.randrange(0, 60))
        elif fate < 0.10:
            found.append(Deal(number, day + timedelta(days=3), -chance.randrange(1, 90_000), kind="return"))
        elif fate < 0.13:
            deal.state = chance.choice(["open", "cancelled"])
        elif fate < 0.15:
            deal.deleted = True
        found.append(deal)
    return found


def store(world: World) -> None:
    """Put the world into the database, beside what is there."""
    now, first = datetime.now(UTC), Order.all_objects.count()
    Customer.all_objects.bulk_create(
        Customer(number=number, kind=kind, name=number, deleted_at=now if number in world.binned else None)
        for number, kind in world.kinds.items()
    )
    ids = dict(Customer.all_objects.values_list("number", "pk"))
    orders = [_order(deal, place, ids) for place, deal in enumerate(world.deals, first)]
    Order.all_objects.bulk_create(orders)
    Order.all_objects.bulk_create(
        _order(Deal(deal.customer, deal.returned_on, -deal.cents, kind="return"), f"R{order.number}", ids, back=order)
        for order, deal in zip(orders, world.deals, strict=True)
        if deal.returned_on
    )
    with connection.cursor() as cursor:  # as a company's tables are, where autovacuum has been; else plans are for none
        cursor.execute("ANALYZE customers_customer, sales_order")


def store_deal(deal: Deal) -> Order:
    """Put one more order into the database."""
    ids = dict(Customer.all_objects.filter(number=deal.customer).values_list("number", "pk"))
    order = _order(deal, f"X{Order.all_objects.count()}", ids)
    order.save()
    return order


def _order(deal: Deal, place: object, ids: dict[str, int], back: Order | None = None) -> Order:
    return Order(
        source="test",
        number=f"{place}",
        customer_id=ids[deal.customer],
        kind=deal.kind,
        state=deal.state,
        ordered_at=datetime.combine(deal.day, time(4), UTC),
        ordered_on=deal.day,
        currency="CNY",
        total=deal.cents,
        amount=deal.cents,
        return_of=back,
        deleted_at=datetime.now(UTC) if deal.deleted else None,
    )


# --- the oracle ---------------------------------------------------------------------------------------------------


@dataclass
class Seen:
    """What is known of one customer at the end of a day."""

    order_days: list[date] = field(default_factory=list)
    bought_days: list[date] = field(default_factory=list)
    frequency: int = 0
    monetary: int = 0
    open_order: bool = False


State = dict[str, object]


def seen(world: World, number: str, as_of: date, window: int = 365) -> Seen:
    start, known = as_of - timedelta(days=window - 1), Seen()
    for deal in world.deals:
        if deal.customer != number or deal.deleted or deal.day > as_of:
            continue
        if deal.state == "open":
            known.open_order = True
        if deal.state != "completed":
            continue
        _take(known, deal, as_of, start)
    return known


def _take(known: Seen, deal: Deal, as_of: date, start: date) -> None:
    back = deal.returned_on is not None and deal.returned_on <= as_of
    if deal.day >= start:
        known.monetary += deal.cents
    if back and deal.returned_on >= start:
        known.monetary -= deal.cents
    if deal.kind == "return":
        return
    known.order_days.append(deal.day)
    if deal.cents > 0 and not back:
        known.bought_days.append(deal.day)
        known.frequency += deal.day >= start


def expected(
    world: World,
    as_of: date,
    before: dict[str, State],
    cuts: rfm.CutPoints | None,
    params: ChurnParams | None,
    window: int = 365,
    limits: lifecycle.Limits | None = None,
) -> dict[str, State]:
    """Every customer's state by the pure rules; `cuts` None = calibrate on this day, `before` = the run before;
    `limits`: of the lifecycle, of this window."""
    limits = limits or lifecycle.Limits(window)
    known = {number: seen(world, number, as_of, window) for number in world.kinds if number not in world.binned}
    measures = {number: _measures(row, as_of, window) for number, row in known.items()}
    used = cuts or rfm.calibrate([row for row in measures.values() if row])
    return {
        number: _state(world.kinds[number], row, measures[number], used, before.get(number), as_of, params, limits)
        for number, row in known.items()
    }


def _measures(row: Seen, as_of: date, window: int) -> rfm.Measures | None:
    recent = [day for day in row.bought_days if (as_of - day).days < window]
    return rfm.Measures((as_of - max(recent)).days, row.frequency, row.monetary) if recent else None


def _state(
    kind: str,
    row: Seen,
    measures: rfm.Measures | None,
    cuts: rfm.CutPoints,
    before: State | None,
    as_of: date,
    params: ChurnParams | None,
    limits: lifecycle.Limits,
) -> State:
    window = limits.window
    scores = rfm.score_customer(measures, cuts) if measures else None
    scheme = tiers.scheme_for(kind)
    ever, recent = set(row.bought_days), {day for day in row.bought_days if (as_of - day).days < window}
    last = max(ever, default=None)
    tier = tiers.tier_of(
        tiers.DEFAULTS[scheme],
        dict(zip("rfm", scores, strict=True)) if scores else None,
        previous=str(before["tier"]) if before else None,
        bought_before=bool(ever),
    )
    return {
        "last_on": last,
        "frequency": row.frequency,
        "purchase_days": len(recent),
        "monetary": row.monetary,
        "r": scores[0] if scores else None,
        "f": scores[1] if scores else None,
        "m": scores[2] if scores else None,
        "segment8": rfm.segment8(*scores) if scores else "",
        "group5": rfm.group5(*scores) if scores else "",
        "grade4": rfm.grade4(*scores) if scores else "",
        "segment11": rfm.segment11(*scores[:2]) if scores else "",
        "tier_scheme": scheme,
        "tier": tier,
        "lifecycle": lifecycle.stage(
            days_ever=len(ever),
            days_in_window=len(recent),
            recency=(as_of - last).days if last else None,
            r=scores[0] if scores else None,
            limits=limits,
        ),
        "warning": _warning(row, measures is not None, before, last, as_of, params),
    }


def _warning(
    row: Seen, in_window: bool, before: State | None, last: date | None, as_of: date, params: ChurnParams | None
) -> str:
    days = sorted(set(row.order_days))
    if not days:
        return churn.NONE
    earlier = before["last_on"] if before else None
    watch = churn.Watch(
        order_days=len(days),
        in_window=in_window,
        open_order=row.open_order,
        bought_since=bool(earlier and last and last > earlier),
    )
    silent = (as_of - days[-1]).days
    gaps = [(later - sooner).days for sooner, later in pairwise(days)]
    fallback = churn.fixed_level(silent, median(gaps) if gaps else None, len(gaps))
    numbers = None
    if params:
        t_x, age = (days[-1] - days[0]).days, (as_of - days[0]).days
        numbers = churn.outlook(selectors.parameters(params), len(days) - 1, t_x, age, 90)
    previous = str(before["warning"]) if before else churn.NONE
    return churn.judge(previous, watch, numbers, fallback=fallback).level


def stored(as_of: date, columns: list[str] | None = None) -> dict[str, State]:
    """What the database says as of a date, by customer number."""
    names = columns or list(_COLUMNS)
    rows = ScoreInterval.objects.filter(selectors.in_force(as_of), customer__deleted_at=None)
    return {
        row["customer__number"]: {name: row[name] for name in names} for row in rows.values("customer__number", *names)
    }


_COLUMNS = (
    "last_on",
    "frequency",
    "purchase_days",
    "monetary",
    "r",
    "f",
    "m",
    "segment8",
    "group5",
    "grade4",
    "segment11",
    "tier_scheme",
    "tier",
    "lifecycle",
    "warning",
)
