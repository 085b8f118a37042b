"""Reads of scores, tiers, moves, sums and warnings; everything about customers takes the reader first."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import BooleanField, Case, Q, QuerySet, When

from accounts.models import User
from accounts.scope import ScopedQuerySet, reach_of
from core.memo import Memo
from customers.models import Customer, Kind
from segmentation import churn, rfm, tiers
from segmentation.class_limits import frequency_begins
from segmentation.entries import renamed
from segmentation.models import (
    ChurnCase,
    ChurnParams,
    CutPoints,
    RuleSet,
    ScoreInterval,
    ScoreRun,
    ScoringSettings,
    Tier,
)

# --- runs: not about a single customer ----------------------------------------------------------------------------


def scoring_settings() -> ScoringSettings:
    """The company's scoring settings; the shipped ones until somebody saves others."""
    return ScoringSettings.objects.filter(pk=1).first() or ScoringSettings(pk=1)


# How many warnings a person is shown and told of; other processes know a change within a minute.
warnings_shown = Memo(lambda: scoring_settings().warnings_shown)
# From how many purchase days on somebody buys often, and now and then; the same.
frequency_in_force = Memo(lambda: frequency_begins(scoring_settings()))


def published_runs() -> QuerySet[ScoreRun]:
    """Published runs, the latest business date first."""
    return ScoreRun.objects.exclude(published_at=None).select_related("cut_points", "churn_params").order_by("-as_of")


def latest_run() -> ScoreRun | None:
    """The run whose business date is the latest; None before the first one."""
    return published_runs().first()


def _window_of_the_scores() -> int:
    run = latest_run()
    return run.window_days if run else scoring_settings().window_days


# The days that count in the scores that pages show: those of the latest run. What was set since counts from the coming
# night on. Other processes know of a night within a minute.
days_that_count = Memo(_window_of_the_scores)


def run_as_of(on: date) -> ScoreRun | None:
    """The published run as of exactly this date."""
    return published_runs().filter(as_of=on).first()


def run_before_month(on: date) -> ScoreRun | None:
    """The run that stands for the month end before `on`: the last one of an earlier month."""
    return run_before(on.replace(day=1))


def run_before(on: date) -> ScoreRun | None:
    """The last published run before a day."""
    return published_runs().filter(as_of__lt=on).first()


def tiers_by_code() -> dict[tuple[str, str], Tier]:
    """(scheme, code) -> tier."""
    return {(tier.scheme, tier.code): tier for tier in Tier.objects.all()}


def rule_sets_of(on: date) -> dict[str, RuleSet]:
    """Scheme -> the rule set that counts on a business date: the last published of those effective by then."""
    standing = RuleSet.objects.filter(effective_on__lte=on, withdrawn_at=None).select_related("created_by")
    return {row.scheme: row for row in standing.order_by("scheme", "-number").distinct("scheme")}


def codes_to_come(today: date) -> set[tuple[str, str]]:
    """(scheme, code) of tiers in rule sets that are published and that no night need have rated by yet."""
    rows = RuleSet.objects.filter(effective_on__gte=today, withdrawn_at=None).values_list("scheme", "tiers")
    return {(scheme, code) for scheme, codes in rows for code in codes}


def definition_of(row: RuleSet, known: tiers.Renamed | None = None) -> tiers.Definition:
    """A stored rule set as the pure rules take it. `known`: which entries were merged, where it was read before."""
    stored = tiers.read(row.tiers, row.definition)
    return tiers.followed(stored, renamed(stored.asked) if known is None else known)


def definitions(sets: Mapping[str, RuleSet]) -> dict[str, tiers.Definition]:
    """Scheme -> definition; the shipped one of a scheme without a set."""
    return tiers.DEFAULTS | {scheme: definition_of(row) for scheme, row in sets.items()}


def scheme_of(customer: Customer) -> str:
    """The tier scheme of a customer, by its kind."""
    return tiers.scheme_for(customer.kind or Kind.UNKNOWN)


# --- scores -------------------------------------------------------------------------------------------------------


def in_force(on: date, prefix: str = "") -> Q:
    """Intervals that hold on a date."""
    valid_from, valid_to = f"{prefix}valid_from", f"{prefix}valid_to"
    return Q(**{f"{valid_from}__lte": on}) & (Q(**{valid_to: None}) | Q(**{f"{valid_to}__gte": on}))


def scores_as_of(user: User, on: date) -> QuerySet[ScoreInterval]:
    """The scores of the customers this person may see as of a published run; at most one row each."""
    rows = ScoreInterval.objects.for_user(user).filter(in_force(on), customer__deleted_at=None)
    return rows if run_as_of(on) else rows.none()


@dataclass(frozen=True)
class Reading:
    """What is computed when a score is read: recency days, chances to buy, frequency and amount class."""

    recency_days: int | None
    outlook: churn.Outlook | None
    frequency_class: str
    amount_class: str
    estimate: bool


def reading(interval: ScoreInterval, run: ScoreRun) -> Reading:
    """Put an interval that holds as of `run` into that night's numbers."""
    bounds = (run.cut_points.amount_classes if run.cut_points else None) or (None, None)
    return Reading(
        recency_days=(run.as_of - interval.last_on).days if interval.last_on else None,
        outlook=outlook_of(interval, run),
        frequency_class=rfm.frequency_class(interval.purchase_days or 0, frequency_in_force()),
        amount_class=rfm.amount_class(interval.monetary or 0, bounds),
        estimate=bool(run.churn_params) and run.churn_params.ladder == ChurnParams.Ladder.ESTIMATE,
    )


def outlook_of(interval: ScoreInterval, run: ScoreRun) -> churn.Outlook | None:
    """p_now, p_last and drop as of the run; None below one order day or without parameters."""
    if interval.x is None or run.churn_params is None:
        return None
    t_x, age = (interval.last_order_on - interval.first_on).days, (run.as_of - interval.first_on).days
    return churn.outlook(parameters(run.churn_params), interval.x, t_x, age, run.horizon_days)


def parameters(row: ChurnParams) -> churn.Parameters:
    """Stored parameters as the pure modules take them."""
    return churn.Parameters(row.r, row.alpha, row.a, row.b, row.model)


def limits(settings: ScoringSettings) -> churn.Limits:
    """The company's warning limits as the pure modules take them."""
    return churn.Limits(**{name: getattr(settings, name) for name in churn.Limits.__dataclass_fields__})


def cut_points(row: CutPoints) -> rfm.CutPoints:
    """Stored cut-points as the pure modules take them."""
    return rfm.CutPoints(tuple(row.r), tuple(row.f), tuple(row.m))


# --- moves -------------------------------------------------------------------------------------------------------


def moved(customers: Any, run: ScoreRun, before: Sequence[str], since: date | None = None) -> Any:
    """Of customers who have a score as of that run (their ids: `values_list`, flat) those who were in one of these
    tiers before `since` ("" = not there): as of the last run before that day, the first of the run's month where it is
    None."""
    earlier = run_before(since or run.as_of.replace(day=1))
    if earlier is None:
        return customers if "" in before else customers.none()
    there = ScoreInterval.objects.filter(in_force(earlier.as_of)).order_by()
    if "" in before:  # no score then, or one of these tiers: none of any other
        # As a condition of each row it would be asked in the order of the customers, row by row.
        return customers.difference(there.filter(~Q(tier__in=before)).values_list("customer_id", flat=True))
    # Asked the other way round, each row would look for its former one: 100 times as long where few moved.
    return customers.filter(customer__in=there.filter(tier__in=before).values("customer"))


FEW_BEHIND = 5_000
FEW_OF = 50  # of a large company's customers one of so many is few as well
# The server keeps up to some 260,000 ids of an inner query in the memory that it has by default (work_mem, 4 MB).
MOST_KEPT = 200_000


def _rated() -> int:
    run = latest_run()
    return int(run.counts.get("customers", 0)) if run else 0


_customers_rated = Memo(_rated)


def those(customers: Any, path: str = "pk", *, together: bool = False) -> Q:
    """Customers by a list of their ids (`values_list`, flat); `path` leads to them.

    Few are looked up first and named: the database, which can't foresee that they are few, would walk through the whole
    list in its order and ask of each whether it is one of them. Of many it does walk, but asks a table of their ids in
    memory, before it looks the customer up: an IN that stands alone becomes a join, which looks up both for each. Of
    most of the company's customers that is quicker all the same: a page is full after a few. Not so where they stand
    `together` in the order of the list, as who is lost does by the last purchase: a page at its other end would ask of
    each customer of the company.
    """
    ids = list(customers[: FEW_BEHIND + 1])
    if len(ids) <= FEW_BEHIND:
        return Q(**{f"{path}__any_of": ids})
    rated = _customers_rated()
    if (few := rated // FEW_OF) > FEW_BEHIND and len(ids := list(customers[: few + 1])) <= few:
        return Q(**{f"{path}__any_of": ids})
    half = rated // 2
    most = min(half, MOST_KEPT) if together or half <= MOST_KEPT // 2 else 0
    if path != "pk" or customers[: most + 1].count() > most:
        return Q(**{f"{path}__in": customers})
    # Lists of customers go in the order of a fact; whoever has a score has facts.
    return Q(Case(When(facts__pk__in=customers, then=True), default=False, output_field=BooleanField()))


# --- warnings -----------------------------------------------------------------------------------------------------


def warning_rows() -> ScopedQuerySet:
    """Warning cases with customer, facts and reasons; two queries however many rows. For `row_for` and `for_user`."""
    return with_what_a_row_shows(ChurnCase.objects.filter(customer__deleted_at=None))


def with_what_a_row_shows(cases: Any) -> Any:
    """Customer, facts, people and reasons of the cases."""
    rows = cases.select_related("customer__facts", "customer__owner", "in_charge", "cause").prefetch_related("reasons")
    return rows.defer("customer__search_tokens")


def warnings(user: User) -> ScopedQuerySet:
    """Warning cases that this person may see."""
    return warning_rows().for_user(user)


def gives(user: User) -> bool:
    """Who looks after others gives warnings to them; a rep takes on the own ones."""
    return reach_of(user).beyond_own("warning.change")


def colleagues(user: User) -> QuerySet[User]:
    """Whom this person may give a warning: active colleagues in reach who may work on warnings."""
    able = Q(is_active=True, role__grants__permission="warning.change")
    return User.objects.for_user(user).filter(able).select_related("team").distinct().order_by("name", "pk")
