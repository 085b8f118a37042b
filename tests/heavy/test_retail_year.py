"""A year of a real shop, day by day: who is to be contacted, how much of it a few people do, and who waits longest.

`RETAIL_LINES=FILE bin/test --heavy retail_year` with the lines of UCI Online Retail (csv or csv.gz: invoice_no,
quantity, invoice_date, unit_price, customer_id). What is assumed: a customer's file begins with the first order and
goes to the reps in turn; orders of the year before are there on 1 January; each rep does at most RETAIL_A_DAY (20) of
what is due on a working day, the oldest first, then by tier and value; one contact in four finds nobody, the others are
answered by the shares in ANSWERS; nobody chooses a next day, so the plan does. Prints the figures.
"""

from __future__ import annotations

import csv
import gzip
import json
import os
import random
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from itertools import cycle
from pathlib import Path
from statistics import mean, quantiles
from typing import Any

import pytest
import time_machine
from django.db.models import Count, F

from accounts.models import Role, User
from core import clock
from core.workcalendar import is_working
from customers import services as customers
from customers.models import Customer, CustomerFacts, Interaction, InteractionResult, Stage
from followups.models import FollowUp
from followups.planning import plans_make
from followups.review.conditions import SINGLE
from followups.services import customers_replan
from sales.models import Order
from sales.services import end_after_sale, order_facts_refresh
from segmentation import night

pytestmark = [pytest.mark.heavy, pytest.mark.django_db(transaction=True)]

LINES = os.environ.get("RETAIL_LINES", "")
REPS = int(os.environ.get("RETAIL_REPS", "12"))
A_DAY = int(os.environ.get("RETAIL_A_DAY", "20"))
BEGINS = date(2011, 1, 1)
R = InteractionResult
ANSWERS = {R.REACHED: 55, R.NO_ANSWER: 25, R.INTERESTED: 10, R.NEEDS_TIME: 8, R.DECLINED: 2}


@dataclass
class Bought:
    """An invoice: its customer, first moment and pence; what came back is below zero."""

    customer: str
    at: datetime
    pence: Decimal = Decimal(0)


def invoices(path: Path) -> dict[str, Bought]:
    opened = gzip.open if path.suffix == ".gz" else open
    found: dict[str, Bought] = {}
    with opened(path, "rt", encoding="utf-8", newline="") as handle:
        for line in csv.DictReader(handle):
            if not line["customer_id"]:
                continue
            at = datetime.fromisoformat(line["invoice_date"])
            bought = found.setdefault(line["invoice_no"], Bought(line["customer_id"], at))
            bought.at = min(bought.at, at)
            bought.pence += Decimal(line["quantity"]) * Decimal(line["unit_price"]) * 100
    return found


@dataclass
class Year:
    """The shop, its people and what is counted."""

    of_day: dict[date, list[tuple[str, Bought]]]
    travel: time_machine.Traveller
    reps: list[User]
    chance: random.Random = field(default_factory=lambda: random.Random(1))
    ids: dict[str, int] = field(default_factory=dict)
    touched: dict[int, date] = field(default_factory=dict)  # by customer: the last contact or try, else the first order
    done: list[tuple[int, int]] = field(
        default_factory=list
    )  # of each rep and working day: how many, how many left over
    late: list[int] = field(default_factory=list)  # of each contact: by how many days
    gaps: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))

    def __post_init__(self) -> None:
        self.turn = cycle(self.reps)

    def go(self, until: date) -> None:
        today = BEGINS
        while today <= until:
            self.travel.move_to(at(today, time(2)))
            night.rescore()
            end_after_sale(today - timedelta(days=1))
            plans_make()
            if today.day == 1:
                self.nobody_is_forgotten(today)
            self.sell(today)
            if is_working(today):
                self.travel.move_to(at(today, time(18)))
                self.work(today)
            today += timedelta(days=1)

    def sell(self, today: date) -> None:
        sold = sorted(self.of_day.get(today, ()), key=lambda one: one[1].at)
        for _number, bought in sold:
            if bought.customer not in self.ids:
                self.travel.move_to(at(today, bought.at.time()))
                rep = next(self.turn)
                made = customers.customer_create(by=rep, owner=rep, name=bought.customer, kind="unknown")
                self.ids[bought.customer] = made.pk
                self.touched[made.pk] = today
        Order.all_objects.bulk_create(
            Order(
                source="import",
                number=number,
                customer_id=self.ids[bought.customer],
                kind="return" if bought.pence < 0 else "purchase",
                ordered_at=at(today, bought.at.time()),
                ordered_on=today,
                currency="CNY",
                total=int(bought.pence),
                amount=int(bought.pence),
            )
            for number, bought in sold
        )
        buyers = sorted({self.ids[bought.customer] for _number, bought in sold})
        order_facts_refresh(buyers)
        if today >= BEGINS:
            customers_replan(buyers)

    def work(self, today: date) -> None:
        """What each rep gets done of what is due."""
        due = FollowUp.objects.filter(SINGLE, state="open", due_on__lte=today)
        order = ("due_on", "customer__facts__tier_rank", F("customer__facts__monetary").desc(nulls_last=True), "pk")
        waiting: dict[int, list[FollowUp]] = {rep.pk: [] for rep in self.reps}
        for plan in due.order_by(*order).select_related("customer__facts"):
            waiting[plan.assignee_id].append(plan)
        contacted: dict[str, list[FollowUp]] = defaultdict(list)
        for mine in waiting.values():
            self.done.append((min(len(mine), A_DAY), max(len(mine) - A_DAY, 0)))
            for plan in mine[:A_DAY]:
                contacted[self.chance.choices(list(ANSWERS), list(ANSWERS.values()))[0]].append(plan)
        for result, plans in contacted.items():
            self.write_down(result, plans, today)
        customers_replan(sorted(plan.customer_id for plans in contacted.values() for plan in plans))

    def write_down(self, result: str, plans: Sequence[FollowUp], today: date) -> None:
        """Entries of one result, as the log writes them, in a few statements for all: one by one a year takes hours."""
        of = [plan.customer_id for plan in plans]
        for plan in plans:
            self.late.append((today - plan.due_on).days)
            self.gaps[plan.customer.facts.tier].append((today - self.touched[plan.customer_id]).days)
            self.touched[plan.customer_id] = today
        now, tried = clock.now(), {"last_attempt_at": clock.now(), "last_result": result}
        Interaction.objects.bulk_create(
            Interaction(
                customer_id=plan.customer_id, user_id=plan.assignee_id, kind="call", result=result, occurred_at=now
            )
            for plan in plans
        )
        facts = CustomerFacts.objects.filter(pk__in=of)
        if result == R.NO_ANSWER:
            facts.update(**tried, unanswered=F("unanswered") + 1)
        else:
            facts.update(**tried, unanswered=0, last_contact_at=now, last_contact_kind="call")
        if result == R.INTERESTED:
            talking = Customer.objects.filter(pk__in=of, stage=Stage.FIRST_CONTACT)
            talking.update(stage=Stage.NEEDS, stage_since=today)
        FollowUp.objects.filter(pk__in=[plan.pk for plan in plans]).update(state="done", closed_at=now)

    def active(self) -> Any:
        rows = Customer.objects.filter(do_not_contact=False).exclude(stage=Stage.PAUSED)
        return rows.exclude(facts__lifecycle="lost").select_related("facts")

    def nobody_is_forgotten(self, today: date) -> None:
        """Every active customer has a date, and one automatic follow-up."""
        without = self.active().filter(facts__next_follow_up_on=None).count()
        assert not without, f"{today}: {without} active customers without a date"
        twice = FollowUp.objects.filter(state="open").exclude(source="manual").values("customer")
        assert not twice.annotate(n=Count("pk")).filter(n__gt=1)
        told = {"day": today.isoformat(), "customers": len(self.ids), **self.figures(self.done[-REPS * 20 :])}
        print(json.dumps(told))  # noqa: T201

    def figures(self, days: Sequence[tuple[int, int]]) -> dict[str, Any]:
        if len(days) < 2:
            return {}
        counts, left = [done for done, _left in days], [left for _done, left in days]
        return {
            "a rep and day": {"mean": round(mean(counts), 1), "p95": quantiles(counts, n=20)[-1], "most": max(counts)},
            "left over at night": {"mean": round(mean(left), 1), "most": max(left)},
            "on time": round(sum(late <= 0 for late in self.late) / len(self.late), 4),
            "within 3 days": round(sum(late <= 3 for late in self.late) / len(self.late), 4),
        }

    def longest(self, today: date) -> dict[str, Any]:
        """By tier: the gaps between contacts, ended or still open, of whoever is active."""
        for customer in self.active():
            self.gaps[customer.facts.tier].append((today - self.touched[customer.pk]).days)
        return {
            tier: {"gaps": len(days), "median": sorted(days)[len(days) // 2], "longest": max(days)}
            for tier, days in sorted(self.gaps.items())
        }


def at(day: date, moment: time) -> datetime:
    """A wall-clock time of the company, whose calendar the shop's days are taken for."""
    return datetime.combine(day, moment, UTC) - timedelta(hours=8)


@pytest.mark.skipif(not LINES, reason="RETAIL_LINES names the file with the lines")
def test_a_year(defaults: None) -> None:
    of_day: dict[date, list[tuple[str, Bought]]] = defaultdict(list)
    for number, bought in invoices(Path(LINES)).items():
        of_day[bought.at.date()].append((number, bought))
    role = Role.objects.get(code="rep")
    with time_machine.travel(at(min(of_day), time(1)), tick=False) as travel:
        reps = [User.objects.create(name=f"Rep {n}", email=f"rep{n}@shop.example", role=role) for n in range(REPS)]
        year = Year(of_day, travel, reps)
        for day in sorted(day for day in of_day if day < BEGINS):
            year.sell(day)
        last = max(of_day)
        year.go(last)
        told = {"suite": "retail_year", "reps": REPS, "most a day": A_DAY, "customers": len(year.ids)}
        told |= {"contacts": len(year.late), **year.figures(year.done)}
        print(json.dumps(told | {"gaps by tier": year.longest(last)}))  # noqa: T201
    assert year.late
