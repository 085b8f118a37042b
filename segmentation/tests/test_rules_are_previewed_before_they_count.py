"""One press on the draft of tier rules shows who would move; every figure opens the customers behind it."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from django.test import Client

from accounts.models import AuditEntry
from conftest import Cast, cast_made
from core import clock
from customers.models import Customer, CustomerFacts, Industry, Stage
from followups.models import Rhythm
from segmentation import night, tiers
from segmentation.models import RuleDraft, RuleSet, ScoreInterval, Tier
from segmentation.rules import draft
from segmentation.rules.services import rule_set_publish
from segmentation.rules.set_form import show_amount
from segmentation.selectors import published_runs, tiers_by_code
from segmentation.tests import worlds
from segmentation.tests.test_a_rule_set_is_edited_as_a_draft import sent
from segmentation.tiers import Condition, Definition, Rule, box
from segmentation.whatif.months import MONTHS, month_ends
from workbench.defaults import ensure_defaults

SignIn = Callable[..., Client]
PREVIEW = "/segmentation/rules/b2b/preview/"
LIST = "/segmentation/rules/preview/customers/"
EXPORT = "/segmentation/rules/preview/export/"
STRICT = Definition(
    ("S", "A", "B", "C"), (box("S", f=(5, 5), m=(5, 5)), box("A", f=(3, 5), m=(5, 5)), box("B", r=(5, 5)), Rule("C"))
)
USUAL_DAYS = {"S": 30, "A": 30, "B": 45, "C": 75}  # of the default plans: key the short end, regular the middle
HTMX = {"headers": {"HX-Request": "true"}}


@pytest.fixture(scope="module")
def rated(django_db_setup: None, django_db_blocker: Any) -> Iterator[Cast]:
    """Companies of 小王, of 外组 and of nobody in turn, rated at four month ends and last night; once for all tests."""
    with django_db_blocker.unblock(), transaction.atomic():
        ensure_defaults()
        cast = cast_made()
        world = worlds.random_world(12, customers=150, days=900)
        shift = clock.last_ended_day() - (worlds.FIRST_DAY + timedelta(days=899))
        for deal in world.deals:
            deal.day += shift
            deal.returned_on = deal.returned_on and deal.returned_on + shift
        worlds.store(world)
        owners = [(cast.wang, cast.shanghai), (cast.outsider, cast.north), (None, None)]
        for place, customer in enumerate(Customer.objects.order_by("number")):
            owner, team = owners[place % 3]
            Customer.objects.filter(pk=customer.pk).update(owner=owner, team=team, stage=Stage.LONG_TERM)
        last = clock.last_ended_day()
        ends = [first - timedelta(days=1) for first in clock.months_back(last, 4)]
        for day in [*sorted({day for day in ends if day < last}), last]:
            night.rescore(day)
        yield cast
        transaction.set_rollback(True)


@pytest.fixture
def company(rated: Cast, db: None) -> Cast:
    return rated


@pytest.fixture
def admin(company: Cast, sign_in: SignIn) -> Client:
    return in_english(sign_in(company.admin))


def in_english(client: Client) -> Client:
    client.cookies["django_language"] = "en"
    return client


def keep(user: Any, definition: Definition, scheme: str = "b2b") -> draft.Typed:
    looks = {code: look_of(scheme, code) for code in definition.tiers}
    typed = draft.typed_from(definition, looks, show_amount)
    RuleDraft.objects.update_or_create(scheme=scheme, user=user, defaults={"typed": typed, "base": 1, "version": 1})
    return typed


def look_of(scheme: str, code: str) -> dict[str, Any]:
    known = tiers_by_code().get((scheme, code)) or Tier(
        name_en=f"New {code}", name_zh=f"新{code}", letter=code, slot=1, high_value=False
    )
    return {name: getattr(known, name) for name in draft.LOOKS}


def text_of(response: Any) -> str:
    return re.sub(r"\s+", " ", response.content.decode())


# --- the way there ---------------------------------------------------------------------------------------------------
def test_one_press_on_the_draft_leads_there(company: Cast, admin: Client) -> None:
    typed = keep(company.admin, STRICT)
    edit = "/segmentation/rules/b2b/edit/"
    assert 'value="preview"' in admin.get(edit).content.decode()
    answer = admin.post(edit, sent(typed, "preview", 1))
    assert answer.url == PREVIEW
    page = admin.get(PREVIEW)
    found = page.context["preview"]
    moved, up, down = found.moved[0], found.up[0], found.down[0]
    assert moved > 5
    assert (up, down) != (0, 0)
    assert "Tiers come or go" not in text_of(page)
    assert f"The next night would move {moved} customers: {up} up, {down} down" in text_of(page)
    assert 'href="/segmentation/rules/b2b/publish/"' in page.content.decode()
    assert f'href="{edit}"' in page.content.decode()


def test_a_draft_with_a_fault_is_mended_first(company: Cast, admin: Client) -> None:
    typed = keep(company.admin, STRICT)
    typed["rules"][0]["all"][0]["min"] = "many"
    page = admin.post("/segmentation/rules/b2b/edit/", sent(typed, "preview", 1))
    assert page.status_code == 422
    assert page.context["form"].errors["r0-c0-min"] == ["Enter a number."]
    assert admin.get(PREVIEW).url == "/segmentation/rules/b2b/edit/?check=1"
    assert admin.get(LIST, {"scheme": "b2b"}).status_code == 404


def test_without_a_draft_one_is_begun(company: Cast, admin: Client) -> None:
    assert admin.get(PREVIEW).url == "/segmentation/rules/b2b/edit/"


@pytest.mark.parametrize(
    "address",
    ["/segmentation/rules/b2x/preview/", f"{PREVIEW}?version=99", f"{PREVIEW}?version=x", f"{LIST}?scheme=b2x", LIST],
)
def test_what_there_is_not_is_not_found(company: Cast, admin: Client, address: str) -> None:
    keep(company.admin, STRICT)
    assert admin.get(address).status_code == 404


def test_a_draft_changed_in_another_window_counts_as_it_is_kept(company: Cast, admin: Client) -> None:
    typed = keep(company.admin, STRICT)
    RuleDraft.objects.update(version=2)
    page = admin.post("/segmentation/rules/b2b/edit/", sent(typed, "preview", 1))
    assert page.status_code == 409
    before = admin.get(PREVIEW).context["preview"].moved
    keep(company.admin, tiers.DEFAULTS["b2b"])
    assert before[0] > 0
    assert admin.get(PREVIEW).context["preview"].moved == (0, 0)


def test_rules_as_they_are_move_nobody(company: Cast, admin: Client) -> None:
    keep(company.admin, tiers.DEFAULTS["b2b"])
    page = admin.get(PREVIEW)
    assert "<h1>Nobody would move</h1>" in text_of(page)
    assert "Nobody would move" in text_of(admin.get(LIST, {"scheme": "b2b"}))


def test_of_few_customers_no_shares_are_told(company: Cast, admin: Client) -> None:
    kept = ScoreInterval.objects.filter(tier_scheme="b2b").exclude(rated_tier="unrated").values("customer")
    few = Customer.objects.filter(pk__in=kept).order_by("pk")[:7].values("pk")
    Customer.objects.exclude(pk__in=list(few.values_list("pk", flat=True))).update(deleted_at=clock.now())
    keep(company.admin, STRICT)
    page = admin.get(PREVIEW)
    assert page.context["preview"].rated <= 7
    assert "too few to judge rules by shares" in text_of(page)
    assert "% of the rated" not in text_of(page)


def test_a_version_that_no_night_has_rated_by_is_named(company: Cast, admin: Client) -> None:
    keep(company.admin, STRICT)
    today = clock.business_date()
    rule_set_publish(scheme="b2b", definition=STRICT, reason="x", effective_on=today, by=company.admin)
    assert "Version 2 is published, and no night has rated by it yet" in text_of(admin.get(PREVIEW))


def test_an_earlier_version_is_previewed_before_it_is_rolled_back_to(company: Cast, admin: Client) -> None:
    row = RuleSet.objects.get(scheme="b2b", number=1)
    versions = admin.get("/segmentation/rules/b2b/versions/").content.decode()
    assert f"{PREVIEW}?version=1" not in versions  # in force: nothing to go back to
    today = clock.business_date()
    rule_set_publish(scheme="b2b", definition=STRICT, reason="x", effective_on=today, by=company.admin)
    RuleSet.objects.filter(scheme="b2b", number=2).update(effective_on=today - timedelta(days=1))
    assert f"{PREVIEW}?version=1" in admin.get("/segmentation/rules/b2b/versions/").content.decode()
    page = admin.get(PREVIEW, {"version": "1"})
    assert page.context["preview"].moved == (0, 0)  # the tiers of now are by it
    assert f'href="/segmentation/rules/versions/{row.pk}/back/"' in page.content.decode()
    assert f'href="{PREVIEW}?version=1"' in admin.get(f"/segmentation/rules/versions/{row.pk}/back/").content.decode()
    assert admin.get(PREVIEW, {"version": "2"}).context["preview"].moved[0] > 0


# --- figures and lists ----------------------------------------------------------------------------------------------
def test_every_figure_opens_as_many_customers(company: Cast, admin: Client) -> None:
    keep(company.admin, STRICT)
    found = admin.get(PREVIEW).context["preview"]
    opened = [(one["value"], one["href"]) for one in found.facts if one["href"]]
    for line in found.lines:
        opened += [(str(cell.count), cell.url) for cell in (*line.cells, line.total) if cell.count]
    opened += [(str(cell.count), cell.url) for cell in found.sums]
    opened += [(str(line.load.moved), line.url) for line in found.work if line.url]
    assert len(opened) > 12
    for figure, address in opened:
        assert admin.get(address).context["list"].total == figure, address
    assert sum(line.total.count for line in found.lines) == found.rated == sum(cell.count for cell in found.sums)


def test_the_list_says_from_what_to_what_and_why(company: Cast, admin: Client) -> None:
    keep(company.admin, STRICT)
    asked = admin.get(LIST, {"scheme": "b2b"}).context["list"]
    rows = list(asked.drawn)
    assert len(rows) > 5
    assert all(row.was.code != row.becomes.code for row in rows)
    assert [row.net for row in rows] == sorted((row.net for row in rows), reverse=True)
    by = {row.becomes.code: (row.scores, row.by) for row in rows}
    scores, rule = by["C"]
    assert rule == "everybody else who bought"
    assert re.fullmatch(r"R \d, F \d, M \d", scores)
    ups = admin.get(LIST, {"scheme": "b2b", "tab": "up"}).context["list"].drawn
    assert all(row.becomes.rank < row.was.rank for row in ups)


def test_entries_of_catalogues_are_told_by_name(company: Cast, admin: Client) -> None:
    industry = Industry.objects.order_by("pk")[0]
    Customer.objects.filter(kind="company").update(industry=industry)
    asked = Condition("industry", codes=(industry.code,))
    keep(company.admin, Definition(("S", "A", "B", "C"), (Rule("A", (asked,)), Rule("C"))))
    rows = list(admin.get(LIST, {"scheme": "b2b", "to": "A"}).context["list"].drawn)
    assert rows[0].scores == rows[0].by == f"industry is {industry.name}"
    assert "as the files say now" in text_of(admin.get(PREVIEW, {"months": "1"}, **HTMX))


def test_filters_are_cleared_without_forgetting_the_rules(company: Cast, admin: Client) -> None:
    keep(company.admin, STRICT)
    asked = admin.get(LIST, {"scheme": "b2b", "tab": "all", "from": "A", "to": "nonsense"}).context["list"]
    assert asked.clear == "?scheme=b2b&tab=all"
    assert asked.ignored


def test_tiers_that_come_and_go_have_their_names(company: Cast, admin: Client) -> None:
    other = Definition(("K", "C"), (Rule("K", (Condition("amount", low=100_000),)), Rule("C")))
    keep(company.admin, other)
    page = admin.get(PREVIEW)
    assert "New K" in page.content.decode()
    assert "Tiers come or go" in text_of(page)
    found = page.context["preview"]
    assert [tier.code for tier in found.heads] == ["K", "C"]
    assert {line.tier.code for line in found.lines} >= {"A", "B", "C"}
    assert found.lost[0] > 0  # K isn't high-value, S and A were
    rows = admin.get(LIST, {"scheme": "b2b", "to": "K"}).context["list"].drawn
    assert rows[0].scores.startswith("net sales in money")
    assert "net sales in money from" in rows[0].by


def test_the_file_has_the_rows_of_the_list(company: Cast, admin: Client) -> None:
    keep(company.admin, STRICT)
    address = f"{EXPORT}?scheme=b2b&tab=down"
    shown = admin.get(LIST, {"scheme": "b2b", "tab": "down"}).context["list"]
    answer = admin.post(address, {"reason": "for the talk", "file": "csv"})
    lines = list(csv.reader(io.StringIO(b"".join(answer).decode("utf-8-sig"))))
    assert str(len(lines) - 1) == shown.total
    numbers = [row.customer.number for row in shown.drawn]
    assert [line[0] for line in lines[1 : len(numbers) + 1]] == numbers
    assert lines[0][3:6] == ["Tier now", "Tier by these rules", "Scores"]
    assert AuditEntry.objects.filter(act="rule_preview.export").exists()


def test_who_manages_a_team_is_told_of_the_team(company: Cast, sign_in: SignIn, admin: Client) -> None:
    keep(company.manager, STRICT)
    keep(company.admin, STRICT)
    page = in_english(sign_in(company.manager)).get(PREVIEW)
    found = page.context["preview"]
    assert "of the customers in your reach" in text_of(page)
    everybody = admin.get(PREVIEW)
    assert "of the customers in your reach" not in text_of(everybody)
    assert 0 < found.rated < everybody.context["preview"].rated
    assert {line.load.name for line in found.work} == {company.wang.name}
    assert {line.load.name for line in everybody.context["preview"].work} == {company.wang.name, company.outsider.name}


# --- the work --------------------------------------------------------------------------------------------------------
def test_follow_ups_a_week_are_those_of_the_cadence_table(company: Cast, admin: Client) -> None:
    keep(company.admin, STRICT)
    found = admin.get(PREVIEW).context["preview"]
    mine = Customer.objects.filter(owner=company.wang, kind="company").exclude(facts__lifecycle="lost")
    now = sum(7 / USUAL_DAYS[tier] for tier in mine.values_list("facts__tier", flat=True) if tier in USUAL_DAYS)
    unrated = mine.filter(facts__tier="unrated").count()
    load = next(one for one in found.loads if one.owner == company.wang.pk)
    assert load.now == pytest.approx(now + unrated * 7 / 60)
    assert load.moved == Customer.objects.filter(pk__in=moved_of(admin), owner=company.wang).count()
    assert load.now != load.then


def moved_of(client: Client) -> list[int]:
    return [row.customer_id for row in client.get(LIST, {"scheme": "b2b"}).context["list"].rows]


def test_a_plan_of_their_own_counts_before_the_tier(company: Cast, admin: Client) -> None:
    keep(company.admin, STRICT)
    before = next(one for one in admin.get(PREVIEW).context["preview"].loads if one.owner == company.wang.pk)
    mine = Customer.objects.filter(owner=company.wang, kind="company", facts__tier__in=USUAL_DAYS)
    row = mine.exclude(facts__lifecycle="lost").select_related("facts")[0]
    Rhythm.objects.create(customer=row, every_days=7)
    after = next(one for one in admin.get(PREVIEW).context["preview"].loads if one.owner == company.wang.pk)
    assert after.now - before.now == pytest.approx(1 - 7 / USUAL_DAYS[row.facts.tier])


def test_whom_nobody_plans_for_is_left_out(company: Cast, admin: Client) -> None:
    keep(company.admin, STRICT)
    Customer.objects.filter(owner=company.wang).update(do_not_contact=True)
    Customer.objects.filter(owner=company.outsider).update(stage=Stage.PAUSED)
    page = admin.get(PREVIEW)
    assert not page.context["preview"].may_tell_work
    assert "Follow-ups a week" not in page.content.decode()


# --- the months ------------------------------------------------------------------------------------------------------
def test_month_ends_come_after_the_page(company: Cast, admin: Client) -> None:
    keep(company.admin, STRICT)
    page = admin.get(PREVIEW)
    assert f'hx-get="{PREVIEW}?months=1"' in page.content.decode()
    part = admin.get(PREVIEW, {"months": "1"}, **HTMX)
    assert "<html" not in part.content.decode()
    months = part.context["months"]
    assert [month.on for month in months.months] == [run.as_of for run in month_ends()]
    assert len(months.months) >= 3
    assert [chart.title for chart in months.charts] == ["As it was", "By these rules"]
    for month in months.months:
        assert sum(month.was.values()) == sum((month.becomes or {}).values())
    whole = admin.get(PREVIEW, {"months": "1"})
    assert whole.context["preview"].moved[0] > 0
    assert "As it was" in whole.content.decode()


def test_of_scores_without_history_the_months_are_not_told(company: Cast, admin: Client) -> None:
    health = Rule("A", (Condition("health", low=60),))
    keep(company.admin, Definition(("S", "A", "B", "C"), (box("S", f=(5, 5), m=(5, 5)), health, Rule("C"))))
    part = admin.get(PREVIEW, {"months": "1"}, **HTMX)
    assert "nobody can say what they would have given" in text_of(part)
    assert [chart.title for chart in part.context["months"].charts] == ["As it was"]


def test_at_most_six_ended_months_count(company: Cast) -> None:
    ends = month_ends()
    assert len(ends) <= MONTHS
    latest = published_runs()[0]
    in_its_month = [run for run in ends if (run.as_of.year, run.as_of.month) == (latest.as_of.year, latest.as_of.month)]
    assert in_its_month == ([latest] if (latest.as_of + timedelta(days=1)).day == 1 else [])


def test_looking_changes_nothing(company: Cast, admin: Client) -> None:
    keep(company.admin, STRICT)
    before = list(CustomerFacts.objects.order_by("pk").values_list("pk", "tier"))
    admin.get(PREVIEW)
    admin.get(LIST, {"scheme": "b2b"})
    assert list(CustomerFacts.objects.order_by("pk").values_list("pk", "tier")) == before
    assert RuleSet.objects.filter(scheme="b2b").count() == 1
