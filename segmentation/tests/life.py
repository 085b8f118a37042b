"""Days in the life of a small company, for the nights that compute few: everything that can move a score happens, also
by statements that no service makes; what each night wrote is compared with what one of everybody would have written.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import time_machine
from django.db import connection, transaction

from accounts.models import Team, User
from core import clock, company
from customers.defaults import INDUSTRIES
from customers.models import Customer, CustomerFacts, Industry, Interaction
from customers.services.catalogues import entry_merge
from sales.models import Order, OrderLine, Product
from segmentation import night, subjects, tiers
from segmentation.entries import ENTRIES
from segmentation.models import ChurnCase, RuleSet, RunSum, ScoreRun, ScoringSettings, Tier, TierOverride
from segmentation.tests import worlds
from segmentation.tiers import Condition, Definition, Rule, as_stored, box

FIRST = date(2026, 4, 10)
# Companies are rated by what stands in their files: who gets another entry moves.
BY_ENTRIES = Definition(
    ("S", "A", "B", "C"),
    (
        Rule("S", (Condition("company_size", codes=("250-999", "1000-plus")), Condition("m", low=3))),
        Rule("A", (Condition("industry", codes=tuple(code for code, _en, _zh in INDUSTRIES[:11])),)),
        Rule("B", (Condition("market_standing", codes=("leader", "niche")),)),
        Rule("C"),
    ),
)
SUMMED = ", ".join(f"s.{field.column}" for field in RunSum._meta.fields if field.name not in ("id", "run"))
# What a night writes, without ids and without what is written once more each time.
WRITTEN = {
    "intervals": "SELECT to_jsonb(i) - 'id' FROM segmentation_scoreinterval i",
    "moves": "SELECT to_jsonb(mv) - 'id' - 'run_id' || jsonb_build_object('run', r.as_of)"
    " FROM segmentation_tiermove mv JOIN segmentation_scorerun r ON r.id = mv.run_id",
    # As rows: there are as many of them as of all others together, and each as JSON takes several times as long.
    "sums": f"SELECT (r.as_of, {SUMMED}) FROM segmentation_runsum s JOIN segmentation_scorerun r ON r.id = s.run_id",
    "potential": "SELECT to_jsonb(s) - 'id' - 'run_id' FROM segmentation_potentialsum s",
    "shares": "SELECT to_jsonb(sh) FROM segmentation_sumshare sh",
    "rhythms": "SELECT to_jsonb(rh) FROM segmentation_buyingrhythm rh",
    "usual gaps": "SELECT to_jsonb(u) - 'id' FROM segmentation_usualgap u",
    "by hand": "SELECT to_jsonb(o) FROM segmentation_tieroverride o",
    "tiers": "SELECT to_jsonb(t) FROM segmentation_tier t",
    "cases": "SELECT to_jsonb(c) - 'id' FROM segmentation_churncase c",
    "reasons": "SELECT to_jsonb(n) - 'id' - 'case_id' || jsonb_build_object('of', c.customer_id, 'on', c.opened_on)"
    " FROM segmentation_churnreason n JOIN segmentation_churncase c ON c.id = n.case_id",
    "facts": "SELECT to_jsonb(k) FROM customers_customerfacts k",
    "basis": "SELECT to_jsonb(b) FROM segmentation_scorebasis b",
    "cut-points": "SELECT to_jsonb(c) - 'id' FROM segmentation_cutpoints c",
    "parameters": "SELECT to_jsonb(p) - 'id' FROM segmentation_churnparams p",
    "runs": "SELECT jsonb_build_object('as_of', r.as_of, 'at', r.published_at,"
    " 'counts', r.counts - 'seconds' - 'looked_at', 'horizon', r.horizon_days,"
    " 'cuts', to_jsonb(c) - 'id', 'params', p.fitted_on)"
    " FROM segmentation_scorerun r LEFT JOIN segmentation_cutpoints c ON c.id = r.cut_points_id"
    " LEFT JOIN segmentation_churnparams p ON p.id = r.churn_params_id",
}


def written() -> dict[str, list[str]]:
    """Every row of every table that a night writes."""
    found = {}
    with connection.cursor() as cursor:
        for name, rows in WRITTEN.items():
            cursor.execute(f"SELECT said::text FROM ({rows}) AS rows(said) ORDER BY 1")
            found[name] = [said for (said,) in cursor.fetchall()]
    return found


class Life:
    """A company and what happens in it; `seen` counts the kinds of things and nights."""

    def __init__(self, seed: int, patch: Any, travel: time_machine.Coordinates, customers: int = 220) -> None:
        patch.setattr(subjects, "MANY", 1)  # of so few customers many are looked at each night
        self.chance, self.patch, self.travel, self.seen = random.Random(seed), patch, travel, Counter[str]()
        worlds.store(worlds.random_world(seed, customers=customers))
        self.owners = list(User.objects.order_by("pk"))
        self.goods = Product.objects.bulk_create(Product(sku=f"P{n}", name=f"P{n}") for n in range(4))
        self.day, self.made = FIRST, 0
        for customer in Customer.objects.order_by("pk"):
            entries = {of: self.chance.choice([None, *model.rows().order_by("pk")]) for of, model in ENTRIES.items()}
            Customer.objects.filter(pk=customer.pk).update(owner=self.chance.choice(self.owners), **entries)
        RuleSet.objects.create(
            scheme="b2b",
            number=99,
            tiers=list(BY_ENTRIES.tiers),
            definition=as_stored(BY_ENTRIES),
            effective_on=FIRST - timedelta(days=90),
        )
        self._go()
        night.rescore()

    def _go(self, hours: int = 3) -> None:
        """The night of `day` is at three in the morning after it."""
        self.travel.move_to(clock.at_local(self.day + timedelta(days=1), time(hours), company.zone()))

    def live(self, days: int) -> None:
        """So many days with what happens in them and the nights after them; some nights are missed."""
        for _n in range(days):
            self.day += timedelta(days=1)
            self.travel.move_to(clock.at_local(self.day, time(15), company.zone()))
            for _act in range(self.chance.choice([0, 2, 4, 8])):
                self._one(ORDINARY)
            if self.chance.random() < 0.1:
                self._one(RARE)
            self._go()
            if self.chance.random() < 0.2:  # after midnight, before the night
                self._one(ORDINARY)
            if self.chance.random() < 0.93:
                self.compared()
            if self.chance.random() < 0.05:  # once more on the same day
                self._one(ORDINARY)
                self.compared()

    def compared(self) -> None:
        """A night as it comes; before it, and taken back, one that computes everybody."""
        with transaction.atomic():
            with self.patch.context() as whole:
                whole.setattr(night, "why_everybody", lambda *_a, **_k: "compared")
                night.rescore()
            wanted = written()
            transaction.set_rollback(True)
        counts = night.rescore()
        got = written()
        assert got["sums"] == self._sums_asked_anew(), f"sums of everybody on {self.day}"
        for name, rows in wanted.items():
            missing, added = set(rows) - set(got[name]), set(got[name]) - set(rows)
            assert (missing, added) == (set(), set()), f"{name} on {self.day}"
            assert len(rows) == len(got[name]), name
        few = counts["looked_at"] < counts["customers"]
        self.seen["nights of few" if few else "nights of everybody"] += 1
        self.seen["looked at"] += counts["looked_at"] if few else 0
        self.seen["changed by few"] += counts["changed"] if few else 0

    def _sums_asked_anew(self) -> list[str]:
        """The sums of the last run as those of a past one are made: of stored tables alone, customer by customer."""
        runs = list(ScoreRun.objects.exclude(published_at=None).order_by("as_of"))
        with transaction.atomic():
            with connection.cursor() as cursor:
                night._write_sums(cursor, runs[-1], [run.as_of for run in runs])
            found = written()
            transaction.set_rollback(True)
        return found["sums"]

    def _one(self, acts: tuple[Callable[[Life], None], ...]) -> None:
        act = self.chance.choice(acts)
        self.seen[act.__name__] += 1
        with transaction.atomic():
            act(self)

    # --- whom and what ------------------------------------------------------------------------------------------
    def customer(self) -> Customer:
        return self.chance.choice(list(Customer.all_objects.order_by("pk")))

    def order(self, **asked: Any) -> Order:
        """One of the younger ones."""
        rows = Order.all_objects.filter(ordered_on__gte=self.day - timedelta(days=400), **asked).order_by(
            "-ordered_on", "pk"
        )
        return self.chance.choice(list(rows))

    def one_of(self, rows: Any) -> Any:
        """None where there is none."""
        found = list(rows.order_by("pk"))
        return self.chance.choice(found) if found else None

    def some_day(self) -> date:
        """Mostly today, sometimes late or ahead, often at an edge of what counts."""
        back = self.chance.choice([0, 0, 0, 0, 1, 3, 40, 89, 90, 179, 180, 359, 363, 364, 365, -1, -2, -10])
        return self.day - timedelta(days=back)

    def deal(self, customer: Customer, **said: Any) -> Order:
        self.made += 1
        day = said.pop("day", None) or self.some_day()
        cents = said.pop("cents", None)
        cents = self.chance.choice([0, 5_000, 50_000, 300_000]) if cents is None else cents
        values = {"kind": "purchase", "state": "completed"} | said
        return Order.all_objects.create(
            source="life",
            number=f"L{self.made}",
            customer=customer,
            ordered_at=clock.at_local(day, time(self.chance.choice([0, 9, 23])), company.zone()),
            ordered_on=day,
            currency="CNY",
            total=cents,
            amount=cents,
            **values,
        )

    def facts(self, **values: Any) -> None:
        CustomerFacts.objects.filter(customer=self.customer()).update(**values)


# --- what happens on ordinary days ------------------------------------------------------------------------------------
def buys(life: Life) -> None:
    order = life.deal(life.customer())
    for product in life.chance.choices(life.goods, k=life.chance.choice([0, 1, 2])):
        OrderLine.objects.create(order=order, product=product, quantity=1, unit_price=1, amount=1)


def orders(life: Life) -> None:
    life.deal(life.customer(), state="open")


def delivers(life: Life) -> None:
    Order.all_objects.filter(pk=life.order().pk).update(state="completed")


def cancels(life: Life) -> None:
    Order.all_objects.filter(pk=life.order().pk).update(state="cancelled")


def returns(life: Life) -> None:
    bought = life.order(kind="purchase", total__gt=0)
    part = life.chance.choice([bought.total, bought.total, bought.total // 2])
    by = life.chance.choice([bought.customer, bought.customer, life.customer()])
    life.deal(by, kind="return", cents=-part, return_of=bought)


def return_goes(life: Life) -> None:
    row = life.one_of(Order.all_objects.filter(kind="return"))
    if row:
        Order.all_objects.filter(pk=row.pk).delete()


def corrects(life: Life) -> None:
    order, day = life.order(), life.some_day()
    sign = -1 if order.kind == "return" else 1
    Order.all_objects.filter(pk=order.pk).update(
        amount=sign * 77_000, total=sign * 77_000, ordered_on=day, ordered_at=datetime.combine(day, time(4), UTC)
    )


def is_put_away(life: Life) -> None:
    Order.all_objects.filter(pk=life.order().pk).update(deleted_at=clock.now())


def comes_back(life: Life) -> None:
    Order.all_objects.filter(pk=life.order().pk).update(deleted_at=None)


def is_erased(life: Life) -> None:
    order = life.order()
    Order.all_objects.filter(return_of=order).update(return_of=None)
    OrderLine.objects.filter(order=order).delete()
    Order.all_objects.filter(pk=order.pk).delete()


def merges(life: Life) -> None:
    keep, gone = life.customer(), life.customer()
    Order.all_objects.filter(customer=gone).update(customer=keep)
    Interaction.all_objects.filter(customer=gone).update(customer=keep)


def talks(life: Life) -> None:
    customer, day = life.customer(), life.some_day()
    at = clock.at_local(day, time(life.chance.choice([0, 12, 23])), company.zone())
    Interaction.all_objects.create(
        customer=customer,
        user=life.chance.choice(life.owners),
        kind="call",
        direction=life.chance.choice(["in", "out", "out"]),
        result=life.chance.choice(["reached", "no_answer"]),
        occurred_at=at,
    )
    CustomerFacts.objects.filter(customer=customer).update(last_contact_at=at)


def takes_back(life: Life) -> None:
    row = life.one_of(Interaction.all_objects.all())
    if row and life.chance.random() < 0.5:
        Interaction.all_objects.filter(pk=row.pk).update(deleted_at=clock.now())
    elif row:
        Interaction.all_objects.filter(pk=row.pk).delete()


def is_planned(life: Life) -> None:
    life.facts(contact_every_days=life.chance.choice([None, 3, 7, 14, 30]))


def was_contacted(life: Life) -> None:
    back = timedelta(days=life.chance.choice([0, 5, 13, 14, 20, 40]))
    life.facts(last_contact_at=clock.now() - back)


def complains(life: Life) -> None:
    life.facts(
        open_complaints=1, complaints_on=[life.day - timedelta(days=177), life.day, life.day + timedelta(days=1)]
    )


def is_content(life: Life) -> None:
    life.facts(open_complaints=0, last_csat=life.chance.choice([1, 3, 5]), last_nps=life.chance.choice([None, 3, 9]))


def is_qualified(life: Life) -> None:
    life.facts(qualification=life.chance.choice([None, 10, 90]))


def is_reassigned(life: Life) -> None:
    Customer.all_objects.filter(pk=life.customer().pk).update(
        owner=life.chance.choice([None, *life.owners]), team=life.chance.choice([None, *Team.objects.order_by("pk")])
    )


def changes_kind(life: Life) -> None:
    Customer.all_objects.filter(pk=life.customer().pk).update(kind=life.chance.choice(["company", "person"]))


def gets_an_industry(life: Life) -> None:
    of = life.chance.choice(tuple(ENTRIES))
    which = life.chance.choice([None, life.one_of(ENTRIES[of].rows().filter(merged_into=None))])
    Customer.all_objects.filter(pk=life.customer().pk).update(**{of: which})


def goes_to_the_bin(life: Life) -> None:
    Customer.all_objects.filter(pk=life.customer().pk).update(deleted_at=clock.now())


def leaves_the_bin(life: Life) -> None:
    Customer.all_objects.filter(deleted_at__isnull=False).update(deleted_at=None)


def is_deleted_for_good(life: Life) -> None:
    gone = life.customer()
    orders = Order.all_objects.filter(customer=gone)
    Order.all_objects.filter(return_of__in=orders).update(return_of=None)
    OrderLine.objects.filter(order__in=orders).delete()
    orders.delete()
    Customer.all_objects.filter(pk=gone.pk).delete()


def is_new(life: Life) -> None:
    life.made += 1
    customer = Customer.objects.create(number=f"N{life.made}", name=f"N{life.made}", kind="company")
    if life.chance.random() < 0.5:
        life.deal(customer)


def is_set_by_hand(life: Life) -> None:
    customer = life.customer()
    TierOverride.objects.filter(customer=customer, ended_at=None).update(ended_at=clock.now())
    TierOverride.objects.create(
        customer=customer,
        tier_scheme=tiers.scheme_for(customer.kind or "unknown"),
        tier=life.chance.choice("SABCD"),
        reason="life",
        expires_on=life.day + timedelta(days=life.chance.choice([0, 1, 2, 9])),
    )


def is_rated_again(life: Life) -> None:
    row = TierOverride.objects.filter(ended_at=None).order_by("pk").first()
    if row:
        TierOverride.objects.filter(pk=row.pk).update(ended_at=clock.now())


def is_called_off(life: Life) -> None:
    case = life.one_of(ChurnCase.objects.filter(closed_at=None))
    if case:
        ChurnCase.objects.filter(pk=case.pk).update(
            state=life.chance.choice(["false_alarm", "lost"]),
            closed_at=clock.now(),
            closed_on=clock.business_date(),
            closed_by=life.owners[0],
        )
        CustomerFacts.objects.filter(customer=case.customer_id).update(warning="none", value_at_risk=None)


# --- what happens to everybody ------------------------------------------------------------------------------------
def limits_change(life: Life) -> None:
    _set(yellow_p=life.chance.choice([0.5, 0.7, 0.9]), red_p=life.chance.choice([0.35, 0.5]))


def reasons_open(life: Life) -> None:
    _set(openers=life.chance.choice([[], ["COMPLAINT", "NO_CONTACT"], ["SILENT_VS_CYCLE"], ["FREQ_DOWN", "DROP"]]))


def rule_changes(life: Life) -> None:
    _set(fixed_rule=life.chance.random() < 0.5, fixed_days=life.chance.choice([30, 90]))


def window_changes(life: Life) -> None:
    _set(window_days=life.chance.choice([180, 300, 365]))


def cuts_by_hand(life: Life) -> None:
    _set(manual_cuts=life.chance.random() < 0.5)


def calibrates(life: Life) -> None:
    night.rescore(clock.last_ended_day(), calibrate=True)


def tier_rules_change(life: Life) -> None:
    some = tuple(row.code for row in Industry.objects.order_by("pk")[:12])
    of_some = Rule("B", (Condition("industry", codes=some), Condition("r", low=2)))
    best = life.chance.choice(
        [box("A", r=(4, 5), m=(4, 5)), box("A", health=(60, 100)), box("B", potential=(30, 80)), of_some, of_some]
    )
    rules = Definition(("A", "B", "C", "D"), (best, box("D", f=(1, 1)), Rule("C")))
    life.made += 1
    RuleSet.objects.create(
        scheme="b2c",
        number=100 + life.made,
        tiers=list(rules.tiers),
        definition=as_stored(rules),
        effective_on=life.day + timedelta(days=life.chance.choice([0, 1, 3])),
    )


def ranks_change(life: Life) -> None:
    Tier.objects.filter(scheme="b2b", code="D").update(rank=life.chance.choice([5, 6]))


def product_is_a_fee(life: Life) -> None:
    Product.objects.filter(pk=life.chance.choice(life.goods).pk).update(flag=life.chance.choice(["", "fee"]))


def industry_counts(life: Life) -> None:
    Industry.objects.update(points=life.chance.choice([None, 3, 15]))


def entries_are_merged(life: Life) -> None:
    of = life.chance.choice(tuple(ENTRIES))
    gone, kept = life.chance.sample(list(ENTRIES[of].rows().filter(is_active=True).order_by("pk")), 2)
    entry_merge(row=gone, into=kept, by=life.owners[0])


def past_is_scored(life: Life) -> None:
    night.score(clock.month_end(life.day.replace(day=1) - timedelta(days=40)))


def _set(**values: Any) -> None:
    ScoringSettings.objects.get_or_create(pk=1)
    ScoringSettings.objects.filter(pk=1).update(**values)


ORDINARY = (
    buys, buys, buys, buys, orders, delivers, cancels, returns, returns, return_goes, corrects, is_put_away, comes_back,
    is_erased, merges, talks, talks, takes_back, is_planned, was_contacted, complains, is_content, is_qualified,
    is_reassigned, changes_kind, gets_an_industry, goes_to_the_bin, leaves_the_bin, is_deleted_for_good, is_new,
    is_set_by_hand, is_rated_again, is_called_off,
)  # fmt: skip
RARE = (
    limits_change, reasons_open, rule_changes, window_changes, cuts_by_hand, calibrates, tier_rules_change,
    ranks_change, product_is_a_fee, industry_counts, entries_are_merged, past_is_scored,
)  # fmt: skip
