"""Random trees over random customers: the query finds exactly those of whom plain Python says that they are meant."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
from django.db import transaction

from accounts.models import User
from accounts.scope import reach_of
from conftest import Cast, cast_made
from core import clock
from core.company import zone
from customers import birthdays
from customers.models import (
    Contact,
    Customer,
    CustomerFacts,
    DecisionStyle,
    IncomeBand,
    Industry,
    Interaction,
    Tag,
)
from feedback.models import Complaint
from followups.models import Message
from sales.models import Need, Order, OrderLine, Product
from segmentation.models import Forecast, ForecastRow, Qualification, ScoreBasis, ScoreInterval
from segmentation.segments import tree
from segmentation.segments.fields import fields, known_codes, months_meant, specs
from segmentation.segments.selectors import completed, count_parts, in_reach, where
from segmentation.segments.tree import Condition, Group, Kind
from segmentation.tiers import scheme_for

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 20)
SIZE = 130
FACTS: dict[str, tuple[str, Any]] = {  # field -> (column, what a random customer has there)
    "last_order": ("last_order_on", "day"),
    "first_order": ("first_order_on", "day"),
    "orders_total": ("orders_total", (0, 9)),
    "unanswered": ("unanswered", (0, 4)),
    "last_result": ("last_result", ["", "reached", "no_answer"]),
    "open_complaints": ("open_complaints", (0, 2)),
    "lifecycle": ("lifecycle", ["prospect", "loyal", "lost"]),
    "warning": ("warning", ["none", "yellow", "red"]),
    "value_at_risk": ("value_at_risk", "number"),
    "r": ("r", "score"),
    "f": ("f", "score"),
    "m": ("m", "score"),
    "frequency": ("frequency", "score"),
    "monetary": ("monetary", "number"),
    "frequency_class": ("frequency_class", ["", "high", "mid"]),
    "amount_class": ("amount_class", ["", "large", "small"]),
    "group5": ("group5", ["", "high", "low"]),
    "segment8": ("segment8", ["", "champion", "rescue_low"]),
    "health": ("health", "points"),
    "potential": ("potential", "points"),
    "interaction": ("interaction_score", "points"),
    "satisfaction": ("satisfaction", ["", "satisfied", "dissatisfied"]),
    "loyalty": ("loyalty", ["", "advocate", "none"]),
    "csat": ("last_csat", "score"),
    "nps": ("last_nps", "score"),
    "qualification": ("qualification", "points"),
    "next_follow_up": ("next_follow_up_on", "ahead"),
    "next_purchase": ("next_order_on", "ahead"),
}


@dataclass
class World:
    """The people, and what is known of each customer, by its id."""

    cast: Cast
    values: dict[int, dict[str, Any]] = field(default_factory=dict)


def _noon(day: date) -> datetime:
    return datetime.combine(day, time(12), tzinfo=zone()).astimezone(UTC)


def _one(chance: random.Random, what: Any) -> Any:
    if isinstance(what, list):
        return chance.choice(what)
    if isinstance(what, tuple):
        return chance.randint(*what)
    if chance.random() < 0.3:
        return None
    days = timedelta(days=chance.randint(0, 120))
    return {
        "day": TODAY - days,
        "ahead": TODAY - timedelta(days=20) + days,
        "number": chance.randint(-500, 90_000),
        "score": chance.randint(1, 5),
        "points": chance.randint(0, 100),
    }[what]


def _days(chance: random.Random, most: int) -> list[date]:
    return [TODAY - timedelta(days=chance.randint(-5, 120)) for _ in range(chance.randint(0, most))]


def _made(cast: Cast) -> World:
    chance, world = random.Random(8), World(cast)
    industries = list(Industry.objects.order_by("pk")[:3])
    styles, incomes = ([*model.objects.order_by("pk")[:2], None] for model in (DecisionStyle, IncomeBand))
    tags = [Tag.objects.create(name=f"T{n}") for n in range(3)]
    products = [Product.objects.create(sku=f"P{n}", name=f"Product {n}") for n in range(3)]
    owners = [cast.wang, cast.li, cast.outsider, None]
    teams = {cast.wang.pk: cast.shanghai, cast.li.pk: cast.shanghai, cast.outsider.pk: cast.north}
    above = {cast.shanghai.pk: {str(cast.shanghai.pk), str(cast.east.pk)}, cast.north.pk: {str(cast.north.pk)}}
    cast.li.is_active = False
    cast.li.save()
    made: dict[Any, list[Any]] = {}
    limits = {"horizon_days": 90, "window_days": 365, "yellow_p": 0.5, "yellow_drop": 0.25, "red_p": 0.3, "red_drop": 1}
    forecast, _old = (
        Forecast.objects.create(kind="month", as_of=day, **limits)
        for day in (date(2026, 10, 31), TODAY.replace(month=9))
    )

    def make(row: Any) -> Any:
        made.setdefault(type(row), []).append(row)
        return row

    rows = []
    for n in range(SIZE):
        owner, industry = chance.choice(owners), chance.choice([*industries, None])
        birthday = chance.choice([None, "1990-02-28", "1985-11-30", "1979-12-01"])
        lunar = birthday == "1985-11-30" and chance.random() < 0.5
        row = Customer(
            number=f"S{n}",
            name=f"S{n}",
            kind=chance.choice(["person", "company", "unknown"]),
            owner=owner,
            team=teams[owner.pk] if owner else None,
            industry=industry,
            region=chance.choice(["", "上海", "Suzhou West"]),
            stage=chance.choice(["needs", "proposal", "long_term"]),
            gender=chance.choice(["", "f", "m"]),
            hobbies=chance.choice(["", "Golf, tea"]),
            decision_style=chance.choice(styles),
            income_band=chance.choice(incomes),
            price_sensitivity=chance.choice(["", "low", "high"]),
            reasons=chance.choice([[], ["price"], ["price", "trust"], ["feeling"]]),
            personality=chance.choice(["", "Quiet, exact"]),
            birthday=birthday,
            birthday_is_lunar=lunar,
            founded_on=chance.choice([None, date(2001, 12, 5)]),
            do_not_contact=chance.random() < 0.2,
            stage_since=_one(chance, "day"),
        )
        rows.append(row)
    for n, row in enumerate(Customer.objects.bulk_create(rows)):
        owner, industry = row.owner, row.industry
        facts = {name: _one(chance, what) for name, (_column, what) in FACTS.items()}
        spoken, complained = _one(chance, "day"), _one(chance, "day")
        tier = chance.choice(["A", "B", "unrated"])
        scored = chance.random() < 0.85  # the others have no facts at all
        if scored:
            at = {"last_contact_at": spoken and _noon(spoken), "last_complaint_at": complained and _noon(complained)}
            make(CustomerFacts(customer=row, tier=tier, **at, **{FACTS[of][0]: value for of, value in facts.items()}))
        known = facts | {"last_activity": spoken, "last_complaint": complained} if scored else {}
        if scored:
            known["tier"] = tier if tier == "unrated" else f"{scheme_for(row.kind)}:{tier}"
        letters = {name: chance.choice([None, 0, 2, 3]) for name in ("need", "budget", "authority", "time")}
        if chance.random() < 0.5:
            make(Qualification(customer=row, frame="bant", **letters))
            known |= letters
        if chance.random() < 0.5:
            basis = {"tries": 0, "answered": 0, "reached": 0, "inbound": 0, "complaints": 0, "chance": n % 100}
            make(ScoreBasis(customer=row, **basis))
            known["chance"] = n % 100
        if chance.random() < 0.5:
            group = chance.choice(["champions", "lost"])
            told = {"tier_scheme": "b2c", "tier": "A", "lifecycle": "loyal", "segment11": group}
            make(ScoreInterval(customer=row, valid_from=TODAY, **told))
            known["segment11"] = group
        if chance.random() < 0.5:
            told = {"level": "none", "watched": True, "fallen": False, "percent": chance.choice([None, n % 100])}
            make(ForecastRow(forecast=forecast, customer=row, **told))
            known["p_buy"] = told["percent"]
        held = set(chance.sample(tags, chance.randint(0, 2)))
        for tag in sorted(held, key=lambda tag: tag.pk):
            make(Customer.tags.through(customer=row, tag=tag))
        bought: list[tuple[date, str]] = []
        sold: list[tuple[date, int]] = []
        for day in _days(chance, 4):
            amount = chance.choice([0, 900, 50_000, -700])
            state = chance.choice(["completed", "completed", "open"])
            order = Order(
                customer=row,
                number=f"O{len(made.get(Order, ()))}",
                kind="return" if amount < 0 else "purchase",
                state=state,
                ordered_at=_noon(day),
                ordered_on=day,
                currency="CNY",
                total=amount,
                amount=amount,
                deleted_at=_noon(day) if chance.random() < 0.1 else None,
            )
            make(order)
            product = chance.choice(products)
            make(OrderLine(order=order, product=product, quantity=1, unit_price=1, amount=1))
            if state == "completed" and order.deleted_at is None:
                sold.append((day, amount))
                bought += [(day, str(product.pk))] if amount > 0 else []
        spoke = _days(chance, 3)
        needs = [chance.choice(["", "Pumps and valves", "cheaper pumps"]) for _ in spoke]
        for day, text in zip(spoke, needs, strict=True):
            told = {"kind": "call", "occurred_at": _noon(day), "result": "reached", "needs_found": text}
            make(Interaction(customer=row, user=cast.wang, **told))
        roles = chance.sample(["decider", "user", ""], chance.randint(0, 2))
        for role in roles:
            further = [] if role else chance.choice([[], ["champion"], ["user", "champion"]])
            make(Contact(customer=row, name="c", authority=role, further_roles=further))
            roles = [*roles, *further]
        waiting = []
        for state in chance.sample(["open", "offered", "met"], chance.randint(0, 2)):
            text = chance.choice(["Pumps and valves", "cheaper pumps"])
            make(Need(customer=row, text=text, state=state, since=TODAY, moved_at=_noon(TODAY)))
            waiting += [] if state == "met" else [text]
        complaints = _days(chance, 2)
        for k, day in enumerate(complaints):
            told = {"number": f"C{n}-{k}", "received_at": _noon(day), "first_response_due_at": _noon(day), "text": "x"}
            make(Complaint(customer=row, owner=cast.agent, **told))
        world.values[row.pk] = known | {
            "kind": row.kind,
            "tag": {str(tag.pk) for tag in held},
            "industry": industry.code if industry else None,
            "region": row.region,
            "owner": {"nobody"} if owner is None else _owner(cast, owner),
            "team": above[row.team_id] if row.team_id else None,
            "stage": row.stage,
            "birthday": _months(row),
            "gender": row.gender,
            "occupation": "",
            "hobbies": row.hobbies,
            "decision_style": row.decision_style.code if row.decision_style else None,
            "income_band": row.income_band.code if row.income_band else None,
            "price_sensitivity": row.price_sensitivity,
            "reasons": set(row.reasons),
            "personality": row.personality,
            "spending_habits": "",
            "communication_style": "",
            "business_scope": "",
            "do_not_contact": row.do_not_contact,
            "needs": [text for text in needs if text],
            "open_need": bool(waiting),
            "need_text": waiting,
            "contact_role": {role for role in roles if role},
            "orders": [day for day, amount in sold if amount > 0],
            "sales": sold,
            "returns": [day for day, amount in sold if amount < 0],
            "products": bought,
            "activities": spoke,
            "complaints": complaints,
            "stage_since": row.stage_since,
            "created": clock.business_date(row.created_at),
        }
    for model, found in made.items():
        model._base_manager.bulk_create(found)
    return world


def _owner(cast: Cast, owner: User) -> set[str]:
    team = reach_of(cast.admin).members
    held = {str(owner.pk)} | ({"left"} if owner == cast.li else set())
    return held | ({"my_team"} if owner.pk in team else set())


def _months(row: Customer) -> set[str]:
    """The numbers of the months in which the birthday or the day of founding is kept next."""
    found = set()
    for month in range(1, 13):
        ((first, days),) = months_meant([str(month)], TODAY)
        kept = birthdays.kept_on(row.birthday, first=first, days=days, lunar=row.birthday_is_lunar)
        founded = birthdays.kept_on(row.founded_on and row.founded_on.isoformat(), first=first, days=days)
        if kept or founded:
            found.add(str(month))
    return found


@pytest.fixture(scope="module")
def world(django_db_setup: Any, django_db_blocker: Any) -> Iterator[World]:
    with django_db_blocker.unblock(), transaction.atomic():
        yield _made(cast_made())
        transaction.set_rollback(True)


@pytest.fixture(autouse=True)
def _that_day(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "business_date", lambda moment=None: TODAY if moment is None else moment.date())


def a_condition(chance: random.Random, of: str) -> Condition:
    spec = specs()[of]
    how = chance.choice(spec.hows)
    negated = chance.random() < 0.3
    days = chance.choice([1, 20, 60, 100])
    if spec.kind in tree.DATED:
        span = chance.choice([None, days]) if spec.kind is Kind.BOUGHT else days
        if spec.kind is Kind.BOUGHT:
            codes = tuple(
                str(pk)
                for pk in Product.objects.filter(sku__in=chance.sample(["P0", "P1", "P2"], 2)).values_list(
                    "pk", flat=True
                )
            )
            return Condition(of, how, codes=codes, days=span, negated=negated)
        low = chance.choice([None, 0, 1, 2] if spec.kind is Kind.COUNT else [None, 0, 1000])
        high = chance.choice([1, 2] if spec.kind is Kind.COUNT else [0, 50_000]) if low is None else None
        return Condition(of, how, low=low, high=high, days=span, negated=negated)
    if how in (tree.LAST, tree.AGO, tree.NEXT):
        return Condition(of, how, days=chance.choice([0, 1, 20, 60]), negated=negated)
    if how == tree.BETWEEN:
        first = TODAY - timedelta(days=chance.randint(-20, 90))
        return Condition(of, how, since=first, until=first + timedelta(days=30), negated=negated)
    if how == tree.RANGE:
        low = min(max(chance.randint(0, 5), spec.low), spec.high)
        return Condition(of, how, low=low, high=chance.choice([None, min(low + 40, spec.high)]), negated=negated)
    if spec.kind is Kind.TEXT and how == tree.IN:
        return Condition(of, how, text=chance.choice(["上", "west", "PUMPS", "tea"]), negated=negated)
    if how == tree.IN:
        codes = sorted(known_codes([of])[of])
        return Condition(of, how, codes=tuple(chance.sample(codes, min(2, len(codes)))), negated=negated)
    return Condition(of, how, negated=negated)


def a_tree(chance: random.Random, of: list[str], depth: int = 0) -> Group:
    parts: list[Condition | Group] = [a_condition(chance, chance.choice(of)) for _ in range(chance.randint(1, 3))]
    if depth < tree.DEEPEST - 1 and chance.random() < 0.6:
        parts.append(a_tree(chance, of, depth + 1))
    return Group(chance.choice([tree.ALL, tree.ANY]), tuple(parts), depth > 0 and chance.random() < 0.3)


def same(world: World, whole: Group) -> None:
    """The query and plain Python agree, also after the tree was stored and read."""
    read = tree.read(tree.stored(whole), specs())
    assert (read.tree, read.problems) == (whole, {})
    reading = completed(world.cast.admin, [read])[0]
    assert reading.usable, (whole, reading)
    found = set(in_reach(world.cast.admin).filter(where(world.cast.admin, reading)).values_list("pk", flat=True))
    meant = {pk for pk, values in world.values.items() if tree.holds(reading.tree, specs(), values, TODAY)}
    assert found == meant, whole


ASKED = (
    *FACTS,
    *("kind", "tag", "industry", "region", "owner", "team", "stage", "birthday", "gender", "hobbies", "occupation"),
    *("decision_style", "income_band", "price_sensitivity", "reasons", "personality", "spending_habits"),
    "communication_style",
    *("do_not_contact", "needs", "contact_role", "need", "budget", "authority", "time", "orders", "sales", "returns"),
    *("open_need", "need_text"),
    *("products", "last_activity", "activities", "last_complaint", "complaints", "tier", "segment11", "chance"),
    "p_buy",
    *("stage_since", "created"),
)


def test_each_condition_alone_and_turned_round(world: World) -> None:
    for of in ASKED:
        chance = random.Random(of)
        for _ in range(3):
            same(world, Group(tree.ALL, (a_condition(chance, of),)))


def test_trees_of_several_levels(world: World) -> None:
    chance = random.Random(4)
    for _ in range(60):
        same(world, a_tree(chance, list(ASKED)))


def test_a_condition_and_its_opposite_are_everybody(world: World) -> None:
    for of in ASKED:
        one = a_condition(random.Random(of), of)
        pair = tuple(Condition(**{**vars(one), "negated": turned}) for turned in (False, True))
        reading = completed(world.cast.admin, [tree.Read(Group(tree.ANY, pair))])[0]
        counted = count_parts(world.cast.admin, reading)
        assert counted[0,] + counted[1,] == SIZE == counted[()], one


def test_every_field_is_asked_for_here() -> None:
    elsewhere = {"company_size", "market_standing", "channel", "business_scope", "referred", "objections", "interest"}
    assert set(fields()) - set(ASKED) == elsewhere | {"funds", "messages"}
    assert Message.objects.none().count() == 0


def test_the_worked_example_of_the_page_on_segments() -> None:
    def on(*days: str) -> list[date]:
        return [date.fromisoformat(f"2026-{day}") for day in days]

    whole = tree.read(
        {
            "version": 1,
            "match": "all",
            "parts": [
                {"field": "kind", "how": "in", "codes": ["company"]},
                {
                    "match": "any",
                    "parts": [
                        {"field": "orders", "how": "range", "min": 3, "days": 90},
                        {"field": "last_activity", "how": "ago", "days": 30, "not": True},
                    ],
                },
            ],
        },
        specs(),
    )
    assert not whole.problems
    customers: dict[str, dict[str, Any]] = {
        "A": {"kind": "company", "orders": on("08-22", "10-01", "11-20"), "last_activity": date(2026, 10, 1)},
        "B": {"kind": "company", "orders": on("08-21", "10-01", "11-20"), "last_activity": date(2026, 10, 1)},
        "C": {"kind": "company", "last_activity": date(2026, 10, 21)},
        "D": {"kind": "company"},
        "E": {"kind": "person", "orders": on("11-01", "11-02", "11-03"), "last_activity": date(2026, 11, 19)},
    }
    meant = [name for name, values in customers.items() if tree.holds(whole.tree, specs(), values, TODAY)]
    assert meant == ["A", "C", "D"]
