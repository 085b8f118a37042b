"""The nightly SQL gives every customer the further scores of the pure rules, and keeps the figures behind them."""

import random
from datetime import UTC, date, datetime, time, timedelta

import pytest
from django.db import connection

from core import clock, company
from customers.models import CompanySize, Customer, CustomerFacts, Industry, Interaction
from sales.models import Order, OrderLine, Product
from segmentation import churn, night, selectors, standing
from segmentation.models import ScoreBasis
from segmentation.tests import worlds

DAY = date(2026, 6, 10)
WRITTEN = ("interaction_score", "satisfaction", "loyalty", "potential", "health")
RESULTS = ("reached", "no_answer", "interested", "needs_time", "declined", "done")


class Life:
    """What beside orders happens with the customers of a world, in the database and as the oracle sees it."""

    def __init__(self, seed, world):
        self.chance, self.world = random.Random(seed), world
        self.ids = dict(Customer.all_objects.values_list("number", "pk"))
        self.talks = {number: standing.Talks() for number in self.ids}
        self.known = {number: {} for number in self.ids}
        self.products = dict.fromkeys(self.ids, 0)
        self._talk()
        self._size()
        self._ask()
        self._fill_orders()

    def _talk(self):
        rows = []
        for number, pk in self.ids.items():
            for _ in range(self.chance.choice([0, 0, 1, 3, 8])):
                rows.append(self._entry(number, pk))
        Interaction.all_objects.bulk_create(rows)

    def _size(self):
        """Industries and sizes of some, with and without points."""
        industries = [Industry.objects.create(code=f"i{n}", points=n) for n in (None, 0, 12)]
        sizes = [CompanySize.objects.create(code=f"s{n}", points=n) for n in (None, 9, 15)]
        self.sizes = {}
        for number, pk in self.ids.items():
            industry, size = self.chance.choice([None, *industries]), self.chance.choice([None, *sizes])
            Customer.all_objects.filter(pk=pk).update(industry=industry, company_size=size)
            points = [getattr(one, "points", None) for one in (industry, size)]
            self.sizes[number] = standing.size_points(*points)

    def _entry(self, number, pk):
        day = DAY - timedelta(days=self.chance.choice([-1, 0, 1, 20, 60, 89, 90, 91]))
        direction = self.chance.choice(["out", "out", "out", "in", "internal"])
        result, automatic = self.chance.choice(RESULTS), self.chance.random() < 0.1
        gone = datetime.now(UTC) if self.chance.random() < 0.1 else None
        if 0 <= (DAY - day).days < 90 and direction != "internal" and not automatic and gone is None:
            self._count(number, direction, result != "no_answer")
        return Interaction(
            customer_id=pk,
            kind="note" if direction == "internal" else "call",
            direction=direction,
            result="" if direction == "internal" else result,
            automatic=automatic,
            deleted_at=gone,
            occurred_at=clock.at_local(day, self.chance.choice([time(0), time(23, 59)]), company.zone()),
        )

    def _count(self, number, direction, answered):
        now, out = self.talks[number], direction == "out"
        self.talks[number] = standing.Talks(
            now.tries + out,
            now.answered + (out and answered),
            now.reached + (answered or not out),
            now.inbound + (not out),
        )

    def _ask(self):
        """Answers, complaints, plans and last contacts: some have a row of facts, some have none."""
        facts = []
        for number, pk in self.ids.items():
            if self.chance.random() < 0.2:
                continue
            silent = self.chance.choice([None, -1, 0, 7, 14, 20, 27, 28, 300])
            row = {
                "csat": self.chance.choice([None, None, 1, 2, 3, 4, 5]),
                "nps": self.chance.choice([None, None, 0, 6, 7, 8, 9, 10]),
                "open_complaints": self.chance.choice([0, 0, 1]),
                "every": self.chance.choice([None, 14, 30]),
                "qualification": self.chance.choice([None, 0, 42, 100]),
                "silent": None if silent is None else max(0, silent),
            }
            self.known[number] = row
            at = None if silent is None else clock.at_local(DAY - timedelta(days=silent), time(9), company.zone())
            facts.append(
                CustomerFacts(
                    customer_id=pk,
                    last_csat=row["csat"],
                    last_nps=row["nps"],
                    open_complaints=row["open_complaints"],
                    contact_every_days=row["every"],
                    qualification=row["qualification"],
                    last_contact_at=at,
                )
            )
        CustomerFacts.objects.bulk_create(facts)

    def _fill_orders(self):
        """Lines for some orders: products, fees, and lines without a product."""
        goods = Product.objects.bulk_create(Product(sku=f"P{n}", name=f"P{n}") for n in range(7))
        fee = Product.objects.create(sku="F", name="F", flag="fee")
        bought = {number: set() for number in self.ids}
        numbers, lines = {pk: number for number, pk in self.ids.items()}, []
        for order in Order.all_objects.order_by("pk"):
            for product in self.chance.choices([*goods, fee, None], k=self.chance.choice([0, 1, 2])):
                lines.append(OrderLine(order=order, product=product, quantity=1, unit_price=1, amount=1))
                counts = order.kind == "purchase" and order.state == "completed" and order.amount > 0
                in_window = DAY - timedelta(days=364) <= order.ordered_on <= DAY and order.deleted_at is None
                if counts and in_window and product in goods:
                    bought[numbers[order.customer_id]].add(product.pk)
        OrderLine.objects.bulk_create(lines)
        self.products = {number: len(found) for number, found in bought.items()}

    def seen(self, number, state, params):
        row = worlds.seen(self.world, number, DAY)
        now, before = self._spend(number, row)
        return standing.Seen(
            self.talks[number],
            r=state["r"],
            lifecycle=state["lifecycle"],
            spend_now=now,
            spend_before=before,
            products=self.products[number] or None,
            size=self.sizes[number],
            chance=_chance(row, state, params),
            **self.known[number],
        )

    def _spend(self, number, row):
        if not row.order_days or (DAY - min(row.order_days)).days < 90:
            return None, None
        sums = [0, 0]
        for deal in self.world.deals:
            if deal.customer == number and deal.state == "completed" and not deal.deleted:
                for day, cents in ((deal.day, deal.cents), (deal.returned_on, -deal.cents)):
                    if day and 0 <= (DAY - day).days < 180:
                        sums[(DAY - day).days >= 90] += cents
        return tuple(sums)


def _chance(row, state, params):
    days = sorted(set(row.order_days))
    if params is None or state["r"] is None or len(days) < 2 or row.open_order:
        return None
    t_x, age = (days[-1] - days[0]).days, (DAY - days[0]).days
    found = churn.outlook(selectors.parameters(params), len(days) - 1, t_x, age, 90)
    return standing.chance_left(found.p_now, found.p_last)


def written():
    rows = CustomerFacts.objects.filter(customer__deleted_at=None)
    return {row.pop("customer__number"): row for row in rows.values("customer__number", *WRITTEN)}


@pytest.mark.parametrize(("seed", "customers"), [(21, 280), (22, 280), (23, 40)])
def test_equal_to_the_pure_rules(defaults, seed, customers):
    world = worlds.random_world(seed, customers)
    worlds.store(world)
    life = Life(seed, world)
    night.rescore(DAY)
    run = selectors.run_as_of(DAY)
    states = worlds.expected(world, DAY, {}, selectors.cut_points(run.cut_points), run.churn_params)
    found = written()
    assert found.keys() == states.keys()
    for number, state in states.items():
        seen = life.seen(number, state, run.churn_params)
        due = standing.standing(seen)
        expected = (due.interaction, due.satisfaction, due.loyalty, due.potential, due.health)
        assert tuple(found[number].values()) == expected, (number, seen)
    for name in WRITTEN:  # no score is always there, or never
        assert len({row[name] for row in found.values()}) > 2, name


def test_a_night_without_news_writes_nothing(defaults):
    world = worlds.random_world(24, 60)
    worlds.store(world)
    Life(24, world)
    night.rescore(DAY)

    def versions():
        with connection.cursor() as cursor:
            cursor.execute("SELECT customer_id, xmin::text FROM segmentation_scorebasis ORDER BY 1")
            kept = cursor.fetchall()
            cursor.execute("SELECT customer_id, xmin::text, ctid::text FROM customers_customerfacts ORDER BY 1")
            return kept, cursor.fetchall()

    before = versions()
    night.rescore(DAY)
    assert before[0]
    assert versions() == before


def test_of_whom_nothing_is_known_nothing_is_kept(defaults, customer):
    night.rescore(DAY)
    assert not ScoreBasis.objects.exists()
    facts = CustomerFacts.objects.get(pk=customer.pk)
    assert (facts.interaction_score, facts.potential, facts.health) == (None, None, None)


def test_a_run_about_the_past_leaves_the_scores_of_today(defaults, customer):
    last = clock.last_ended_day()
    Interaction.all_objects.create(
        customer=customer,
        kind="call",
        result="reached",
        occurred_at=clock.at_local(last, time(9), company.zone()),
    )
    night.rescore(last)
    assert CustomerFacts.objects.get(pk=customer.pk).interaction_score == 38
    night.rescore(last - timedelta(days=200))
    assert CustomerFacts.objects.get(pk=customer.pk).interaction_score == 38
    assert ScoreBasis.objects.get(pk=customer.pk).tries == 1
