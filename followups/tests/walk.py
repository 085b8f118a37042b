"""A long walk through the life of a few customers: people act, days pass, nights run, and after each step what must
hold is looked at. The seed names the walk, so that one that fails can be taken again.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import time_machine
from django.db import connection, transaction
from django.db.models import Count, Min, TextField
from django.db.models.expressions import RawSQL

from core import clock
from core.workcalendar import next_working_day
from customers import services as customers
from customers.models import Customer, CustomerFacts, InteractionResult, Stage
from followups import reasons, services
from followups.cadence_table.table import read_table
from followups.models import CadenceRule, FollowUp, Rhythm
from followups.planning import _differing, plans_make
from followups.reckoning import may_be_planned, reckon
from sales.services import end_after_sale, order_create
from sales.services.lines import Line
from segmentation.models import ChurnCase

BEGINS = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)  # Tuesday, 10:00 in Shanghai
TIERS = {"A": 2, "B": 3, "C": 4, "D": 5, "unrated": 9}
STAGES = ["first_contact", "needs", "proposal", "after_sale", "long_term", "paused"]
STEPS = [None, None, None, "plan", "3", "7", "30", "none", "day"]
OPEN = FollowUp.State.OPEN


@dataclass(frozen=True)
class Standing:
    """An open follow-up as it was before a step."""

    customer: int
    source: str
    due_on: date
    chosen: bool

    @property
    def of_a_person(self) -> bool:
        return self.source == FollowUp.Source.MANUAL or self.chosen


def _empty_tables_of_the_night() -> None:
    """As at the end of each night's transaction: in that of a test they would grow with every night, until a night of
    eight customers took a second."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT relname FROM pg_class WHERE relpersistence = 't' AND relkind = 'r'")
        if names := ", ".join(name for (name,) in cursor.fetchall()):
            cursor.execute(f"TRUNCATE {names}")


class Walk:
    """`steps(n)` acts n times; AssertionError names the seed, the step and the last acts."""

    def __init__(self, *, seed: int, cast: Any, travel: time_machine.Traveller, size: int = 6) -> None:
        self.seed, self.chance, self.cast, self.travel = seed, random.Random(seed), cast, travel
        self.moment = BEGINS
        self.people = [cast.wang, cast.li, cast.outsider]
        self.told: list[str] = []
        self.seen: Counter[str] = Counter()
        self.ids = [self._newcomer(n) for n in range(size)]

    # --- walking -----------------------------------------------------------------------------------------------------
    def steps(self, count: int) -> None:
        acts = [name.removeprefix("do_") for name in dir(self) if name.startswith("do_")]
        weights = [{"night": 10, "log": 8, "undo": 2, "move": 3}.get(name, 1) for name in acts]
        for n in range(count):
            act = self.chance.choices(acts, weights)[0]
            before = self._standing()
            self.moment += timedelta(seconds=self.chance.randint(1, 40))
            self.travel.move_to(self.moment)
            self.told = [*self.told[-30:], f"{n} {clock.business_date()} {act}"]
            self.seen[act] += 1
            done = getattr(self, f"do_{act}")()
            self.told[-1] += f" {done or ''}"
            if n % 10 == 9:
                _empty_tables_of_the_night()
            try:
                self._holds(act, before)
            except AssertionError as error:
                walked = "\n".join(self.told)
                raise AssertionError(f"seed {self.seed}, step {n}:\n{walked}\n{error}") from error

    def _newcomer(self, n: int) -> int:
        kind = self.chance.choice(["person", "company"])
        owner = self.chance.choice(self.people)
        return customers.customer_create(by=owner, owner=owner, name=f"客户 {n}", kind=kind).pk

    def _one(self) -> Customer:
        rows = Customer.objects.select_related("facts", "owner", "rhythm")
        return rows.get(pk=self.chance.choice(self.ids))

    def _some_plan(self) -> FollowUp | None:
        rows = list(FollowUp.objects.filter(state=OPEN).select_related("assignee", "customer").order_by("pk"))
        return self.chance.choice(rows) if rows else None

    def _today(self) -> date:
        return clock.business_date()

    def _perhaps_replan(self, customer: Customer) -> str:
        if self.chance.random() < 0.5:
            with transaction.atomic():
                services.customers_replan([customer.pk])
            return f"{customer.pk}, planned anew"
        return str(customer.pk)

    # --- what people do ----------------------------------------------------------------------------------------------
    def do_log(self) -> str:
        customer, step = self._one(), self.chance.choice(STEPS)
        if step == "day":
            step = (self._today() + timedelta(days=self.chance.randint(0, 120))).isoformat()
        result = self.chance.choice(InteractionResult.values)
        ago = timedelta(days=self.chance.choice([0, 0, 0, 1, 3]))
        self.entry = customers.interaction_log(
            customer=customer,
            kind=self.chance.choice(["call", "visit", "wechat"]),
            result=result,
            next_step=step,
            occurred_at=clock.now() - ago,
            by=customer.owner or self.cast.wang,
        )
        return f"{customer.pk} {result} {step}"

    def do_undo(self) -> str:
        entry = getattr(self, "entry", None)
        if entry is None:
            return ""
        try:
            customers.interaction_undo(interaction=entry, by=entry.user)
        except customers.UndoTooLateError:
            return "too late"
        return str(entry.customer_id)

    def do_plan(self) -> str:
        customer, due_on = self._one(), self._today() + timedelta(days=self.chance.randint(0, 150))
        by = customer.owner or self.cast.wang
        services.follow_up_create(customer=customer, assignee=by, due_on=due_on, by=by)
        return f"{customer.pk} {due_on}"

    def do_move(self) -> str:
        plan, due_on = self._some_plan(), self._today() + timedelta(days=self.chance.randint(0, 60))
        if plan is None:
            return ""
        services.follow_up_reschedule(follow_up=plan, due_on=due_on, by=plan.assignee)
        return f"{plan.customer_id} {plan.source} {due_on}"

    def do_close(self) -> str:
        plan = self._some_plan()
        if plan is None:
            return ""
        how = self.chance.choice(["complete", "skip", "cancel"])
        getattr(services, f"follow_up_{how}")(follow_up=plan, by=plan.assignee)
        self.closed = plan
        return f"{plan.customer_id} {plan.source} {how}"

    def do_reopen(self) -> str:
        plan = getattr(self, "closed", None)
        if plan is None or FollowUp.objects.filter(pk=plan.pk, state=OPEN):
            return ""
        services.follow_up_reopen(follow_up=plan, by=plan.assignee)
        return str(plan.customer_id)

    def do_owner(self) -> str:
        customer, to = self._one(), self.chance.choice([*self.people, None])
        customers.customer_transfer(customer=customer, to=to, by=self.cast.manager)
        return f"{customer.pk} to {to and to.pk}"

    # --- what changes about customers --------------------------------------------------------------------------------
    def do_stage(self) -> str:
        customer, stage = self._one(), self.chance.choice(STAGES)
        paused = stage == Stage.PAUSED and self.chance.random() < 0.7
        until = self._today() + timedelta(days=self.chance.randint(1, 60)) if paused else None
        rows = Customer.objects.filter(pk=customer.pk)
        rows.update(stage=stage, stage_since=self._today(), paused_until=until)
        return f"{stage} {until or ''} {self._perhaps_replan(customer)}"

    def do_tier(self) -> str:
        customer, tier = self._one(), self.chance.choice(list(TIERS))
        classes = {
            "frequency_class": self.chance.choice(["", "high"]),
            "amount_class": self.chance.choice(["", "large"]),
        }
        CustomerFacts.objects.filter(pk=customer.pk).update(tier=tier, tier_rank=TIERS[tier], **classes)
        return f"{tier} {self._perhaps_replan(customer)}"

    def do_lost(self) -> str:
        customer, lifecycle = self._one(), self.chance.choice(["lost", "repeat", "repeat"])
        CustomerFacts.objects.filter(pk=customer.pk).update(lifecycle=lifecycle)
        return f"{lifecycle} {self._perhaps_replan(customer)}"

    def do_leave_alone(self) -> str:
        customer, left = self._one(), self.chance.random() < 0.3
        Customer.objects.filter(pk=customer.pk).update(do_not_contact=left)
        return f"{left} {self._perhaps_replan(customer)}"

    def do_rhythm(self) -> str:
        customer = self._one()
        Rhythm.objects.filter(customer=customer).delete()
        if self.chance.random() < 0.6:
            Rhythm.objects.create(customer=customer, every_days=self.chance.choice([None, 5, 20, 100]), method="visit")
        return self._perhaps_replan(customer)

    def do_table(self) -> str:
        rule = self.chance.choice(list(CadenceRule.objects.order_by("pk")))
        shortest = self.chance.randint(1, 60)
        changes = {"shortest": shortest, "longest": shortest + self.chance.randint(0, 60)}
        changes["policy"] = self.chance.choice(["task"] * 8 + ["review", "none"])
        services.cadence_rule_change(rule=rule, by=self.cast.manager, **changes)
        return f"{rule.phase} {rule.tier} {changes}"

    def do_order(self) -> str:
        customer, ago = self._one(), timedelta(days=self.chance.choice([0, 0, 1, 5, 40]))
        line = Line(Decimal(1), Decimal(100), description="泵")
        order_create(customer=customer, by=self.cast.wang, ordered_at=clock.now() - ago, lines=[line])
        return self._perhaps_replan(customer)

    def do_warning(self) -> str:
        customer = self._one()
        if ChurnCase.objects.filter(customer=customer, closed_at=None).update(closed_at=clock.now()):
            return f"{customer.pk} closed"
        today = {"opened_on": self._today(), "level_since": self._today()}
        ChurnCase.objects.create(customer=customer, level=self.chance.choice(["red", "yellow"]), **today)
        return f"{customer.pk} open"

    def do_night(self) -> None:
        self.moment += timedelta(days=self.chance.choice([1, 1, 1, 1, 3, 9, 40]))
        self.travel.move_to(self.moment)
        end_after_sale(self._today())
        counts = plans_make()
        self.seen["nights that compared few"] += bool(counts["asked"])
        assert not counts.get("missed"), f"the nights before have missed somebody: {counts}"

    # --- what must hold ----------------------------------------------------------------------------------------------
    def _standing(self) -> dict[int, Standing]:
        rows = FollowUp.objects.filter(state=OPEN).values_list("pk", "customer_id", "source", "due_on", "reason")
        return {pk: Standing(customer, source, due, "chosen" in why) for pk, customer, source, due, why in rows}

    def _holds(self, act: str, before: dict[int, Standing]) -> None:
        after = self._standing()
        still_open = FollowUp.objects.filter(state=OPEN)
        twice = still_open.exclude(source="manual").values("customer").annotate(n=Count("pk")).filter(n__gt=1)
        assert not twice, f"two automatic ones: {list(twice)}"
        said = dict(CustomerFacts.objects.values_list("customer", "next_follow_up_on"))
        first = dict(still_open.values_list("customer").annotate(Min("due_on")))
        assert said == {pk: first.get(pk) for pk in said}, "the facts name another day"
        for pk, row in after.items():
            news = pk not in before or row.due_on != before[pk].due_on
            if news and not row.of_a_person and act not in ("undo", "reopen"):
                assert row.due_on >= self._today(), f"made for the past: {row}"
        if act not in ("log", "undo", "close", "reopen", "move", "owner", "plan"):
            self._people_are_left_alone(before, after)
        if act == "night":
            self._night_is_right()

    def _people_are_left_alone(self, before: dict[int, Standing], after: dict[int, Standing]) -> None:
        active = {customer.pk for customer in self._customers() if _is_active(customer)}
        ends = dict(Customer.objects.filter(stage=Stage.PAUSED).values_list("pk", "paused_until"))
        warned = set(ChurnCase.objects.filter(closed_at=None).values_list("customer_id", flat=True))
        for pk, row in before.items():
            until = ends.get(row.customer)
            ended = row.customer not in active or (until is not None and row.due_on < until)
            ended = ended or (row.source == "warning" and row.customer not in warned)
            if row.of_a_person and (row.source == "manual" or not ended):
                assert pk in after, f"gone: {row}"
                assert after[pk].due_on == row.due_on, f"moved: {row} {after[pk]}"

    def _customers(self) -> Iterable[Customer]:
        return Customer.objects.filter(pk__in=self.ids).select_related("facts", "owner", "rhythm")

    def _night_is_right(self) -> None:
        read_table.forget()
        rows = {pk: set() for pk in self.ids}
        for plan in FollowUp.objects.filter(state=OPEN):
            rows[plan.customer_id].add(plan)
        for customer in self._customers():
            automatic = [plan for plan in rows[customer.pk] if plan.source != "manual"]
            wanted = reckon(customer)
            if not _is_active(customer):
                assert not automatic, f"{customer.pk} is to be left alone: {automatic}"
            if wanted is not None:
                assert rows[customer.pk], f"{customer.pk} has no date"
            for plan in automatic:
                if plan.source == "cadence" and "chosen" not in plan.reason:
                    self._as_reckoned(plan, wanted)
        self._for_all_is_nothing_left()

    def _as_reckoned(self, plan: FollowUp, wanted: Any) -> None:
        if plan.reason_code == reasons.REVIVAL and plan.reckoned_on <= self._today():
            return  # the pause is over: "take it up again" stands until somebody has done it
        assert wanted is not None, f"nothing is planned for {plan.customer_id}, but {plan.due_on} stands"
        if plan.reason.get("basis") in reasons.LEFT:
            return  # somebody let the one before go: it counts from that day
        if wanted.code == reasons.FIRST_CONTACT:
            assert plan.reason_code == wanted.code
            return
        assert (plan.reckoned_on, plan.reason_code) == (wanted.on, wanted.code), f"{plan.reason} {wanted}"
        later = {key: plan.reason.get(key) for key in ("phase", "pace")}
        assert later == {key: wanted.numbers.get(key) for key in later}, f"{plan.reason} {wanted}"
        if wanted.on >= self._today():
            assert plan.due_on == next_working_day(wanted.on), f"{plan.due_on} {wanted}"

    def _for_all_is_nothing_left(self) -> None:
        """Planning for all of them, without looking for who differs, finds nothing to do, and nobody differs."""
        assert not _differing().by_owner, f"differ for ever: {_differing()}"
        before = self._rows()
        again = plans_make(only=self.ids)
        assert not any(again.values()), f"left over: {again}"
        changed = self._rows() - before
        assert not changed, f"left over: {changed}"

    def _rows(self) -> set[str]:
        """Every follow-up and all facts, each as it stands."""
        follow_ups = FollowUp.objects.annotate(row=_as_text("followups_followup"))
        facts = CustomerFacts.objects.annotate(row=_as_text("customers_customerfacts"))
        return {*follow_ups.values_list("row", flat=True), *facts.values_list("row", flat=True)}


def _as_text(table: str) -> RawSQL:
    return RawSQL(f"{table}::text", [], output_field=TextField())


def _is_active(customer: Customer) -> bool:
    paused = customer.stage == Stage.PAUSED and customer.paused_until is None
    return may_be_planned(customer, customer.stage) and not paused
