"""Whoever looks, and whichever rows are added up: the sums are those of the owners in reach, in every table."""

import random
from collections import Counter
from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from django.apps import apps
from django.db import connection, transaction

from accounts.models import Team, User
from accounts.scope import ALL, reach_of
from conftest import Cast, cast_made
from core.contributions import registry
from customers.models import Channel, Customer
from segmentation import night, together
from segmentation.cohorts.nightly import cohorts_count, cohorts_keep
from segmentation.costs.counting import economics_keep
from segmentation.effect.counting import effect_keep
from segmentation.effect.figures import Effects, months
from segmentation.models import CohortSum, EffectPart, EffectSum, RunSum
from segmentation.pages.figures import Choice
from segmentation.pages.spans import Kind, Span
from segmentation.preferences.nightly import preferences_keep
from segmentation.retention.nightly import retention_keep
from segmentation.selectors import latest_run
from segmentation.tests import worlds
from segmentation.together import Level, Together, add_together, sums_of
from workbench.defaults import ensure_defaults

MONTHS = (date(2026, 2, 28), date(2026, 3, 31), date(2026, 4, 30))
TABLES = [model for model in apps.get_app_config("segmentation").get_models() if issubclass(model, Together)]
PERMISSIONS = ("dashboard.view", "cost.view", "score.view")


@pytest.fixture(scope="module")
def counted(django_db_setup: None, django_db_blocker: Any) -> Iterator[Cast]:
    """A company whose customers belong to people of several teams, to one without a team and to nobody."""
    with django_db_blocker.unblock(), transaction.atomic():
        ensure_defaults()
        cast, dice = cast_made(), random.Random(44)
        worlds.store(worlds.random_world(44, customers=120))
        owners = [None, *(person for person in vars(cast).values() if isinstance(person, User))]
        channels = [None, *Channel.objects.all()[:2]]
        for customer in Customer.objects.all():
            owner = dice.choice(owners)
            team = owner.team if owner else dice.choice([None, cast.north])
            Customer.objects.filter(pk=customer.pk).update(owner=owner, team=team, channel=dice.choice(channels))
        for day in MONTHS:
            night.rescore(day)
        on = MONTHS[-1]
        retention_keep(on)
        cohorts_keep(on)
        for job in (preferences_keep, effect_keep):
            list(job(on))
        economics_keep(on)
        parts_kept(dice)
        yield cast
        transaction.set_rollback(True)


def parts_kept(dice: random.Random) -> None:
    """What the apps above count of the same customers, for any of their figures."""
    codes = list(registry().tier_figures)
    whose = ("month_id", "owner_id", "team_id", "channel_id", "tier_scheme", "tier", "standing")
    for row in EffectSum.objects.all():
        n = dice.randint(1, 5)
        same = {name: getattr(row, name) for name in whose}
        EffectPart.objects.create(code=dice.choice(codes), customers=n, n=n + 2, hits=n - 1, **same)
    with connection.cursor() as cursor:
        add_together(cursor, EffectPart)


@pytest.fixture
def company(counted: Cast, db: None) -> Cast:
    return counted


def by_hand(model: type[Together], user: User, permission: str, team: Team | None) -> dict[tuple[Any, ...], Any]:
    """What the rows of the owners in reach come to, added up in Python."""
    people, found = reach_of(user).people(permission), {}
    for row in model.objects.select_related("team"):
        if people is not ALL and row.owner_id not in people:
            continue
        if team and not (row.team and row.team.path.startswith(team.path)):
            continue
        key = tuple(getattr(row, name) for name in kept_by(model))
        if model.steps_in:
            sums = found.setdefault(key, Counter())
            for step, *values in zip(
                getattr(row, model.steps_in), *map(row.__getattribute__, model.added), strict=True
            ):
                sums.update({(step, name): value for name, value in zip(model.added, values, strict=True)})
        else:
            values = [getattr(row, name) for name in model.added]
            before = found.get(key, [None] * len(values))
            found[key] = [now if then is None else then + (now or 0) for then, now in zip(before, values, strict=True)]
    if model.steps_in:
        return {key: present for key, sums in found.items() if (present := {k: n for k, n in sums.items() if n})}
    return found


def read(model: type[Together], user: User, permission: str, team: Team | None) -> dict[tuple[Any, ...], Any]:
    """What a page adds up."""
    sums, by = sums_of(model, user, permission, team), kept_by(model)
    if not model.steps_in:
        return {row[: len(by)]: list(row[len(by) :]) for row in sums.added(by, *model.added)}
    found: dict[tuple[Any, ...], Any] = {}
    for row in sums.signed():
        counts = found.setdefault(tuple(getattr(row, name) for name in by), Counter())
        for step, name, n in numbers(row):
            counts[step, name] += row.sign * n
    return {key: present for key, counts in found.items() if (present := {k: n for k, n in counts.items() if n})}


def numbers(row: Any) -> Iterator[tuple[int, str, int]]:
    """Each number in the arrays of a row, with its step and column."""
    for name in row.added:
        yield from ((step, name, n) for step, n in zip(getattr(row, row.steps_in), getattr(row, name), strict=True))


def kept_by(model: type[Together]) -> tuple[str, ...]:
    own = {"id", "level", "owner", "team", model.steps_in, *model.added}
    return tuple(field.attname for field in model._meta.concrete_fields if field.name not in own)


@pytest.mark.parametrize("many", [0, together.MANY], ids=["others taken off", "added up one by one"])
@pytest.mark.parametrize("model", TABLES, ids=lambda model: model.__name__)
def test_each_person_reads_the_sums_of_the_owners_in_reach(
    company: Cast, monkeypatch: Any, model: Any, many: int
) -> None:
    monkeypatch.setattr(together, "MANY", many)
    assert model.objects.exists()
    for user in (company.admin, company.manager, company.lead, company.wang, company.agent):
        for permission in PERMISSIONS:
            for team in (None, company.east, company.shanghai, company.north):
                expected = by_hand(model, user, permission, team)
                assert read(model, user, permission, team) == expected, (user.name, permission, team)


@pytest.mark.parametrize("team", ["", "shanghai", "north"])
def test_the_effect_of_tiers_says_the_same_either_way(company: Cast, monkeypatch: Any, team: str) -> None:
    """Its parts are added up within the reach of each app's own permission."""
    run, found = latest_run(), []
    choice = Choice(run, Span(Kind.MONTH, run.as_of.replace(day=1), run.as_of), team=getattr(company, team, None))
    for many in (0, together.MANY):
        monkeypatch.setattr(together, "MANY", many)
        for user in (company.manager, company.lead, company.wang):
            effects = Effects(user, choice, months())
            assert user is company.wang or team == "north" or any(sums.parts for sums in effects.found.values())
            found.append((effects.table, effects.standing_table))
    assert found[:3] == found[3:]


def test_whoever_reaches_most_people_reads_few_rows(company: Cast, monkeypatch: Any) -> None:
    """Those of everybody, and of the few beyond; whoever reaches few reads theirs alone."""
    monkeypatch.setattr(together, "MANY", 4)
    User.objects.filter(pk__in=[company.auditor.pk, company.agent.pk]).update(team=company.east)
    manager, admin = (User.objects.get(pk=user.pk) for user in (company.manager, company.admin))

    def levels(user: User) -> set[tuple[int, int | None]]:
        return set(sums_of(RunSum, user, "dashboard.view").rows.values_list("level", "owner"))

    beyond = {(Level.OWNER, owner) for owner in (company.outsider.pk, company.admin.pk, None)}
    assert levels(manager) == {(Level.EVERYBODY, None), *beyond}
    assert levels(admin) == {(Level.EVERYBODY, None)}
    assert levels(company.wang) == {(Level.OWNER, company.wang.pk)}


def test_nobody_is_nobodys_sum(company: Cast) -> None:
    """People without the right read no row at all."""
    company.wang.role.grants.filter(permission="dashboard.view").delete()
    nobody = User.objects.get(pk=company.wang.pk)
    assert not sums_of(RunSum, nobody, "dashboard.view").rows.exists()


def test_what_is_counted_by_what_changed_is_together_what_everybody_is(company: Cast) -> None:
    one = Customer.objects.filter(owner=company.wang).first()
    Customer.objects.filter(pk=one.pk).update(owner=company.outsider, team=company.north)
    night.rescore(date(2026, 5, 1))
    cohorts_keep(date(2026, 5, 1))

    def kept() -> list[Any]:
        return sorted(CohortSum.at_all_levels.values_list("level", "team", "cohort", "bought", "customers"), key=str)

    few = kept()
    with connection.cursor() as cursor:
        cohorts_count(cursor, latest_run(), None)
    assert kept() == few
