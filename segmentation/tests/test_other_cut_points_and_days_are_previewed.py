"""Other cut-points, or other days that count, are previewed before they are set: the preview says of every customer
what the night then stores, on the page, in the list, in the file, over the API and by a worker."""

from __future__ import annotations

import csv
import io
import random
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import transaction
from django.test import Client
from django.urls import reverse

from accounts.models import AuditEntry
from conftest import Cast, cast_made
from core import clock
from customers.models import Customer, CustomerFacts
from segmentation import night, rfm, services, tiers
from segmentation.models import CutPoints, RulePreview, RuleSet, ScoreInterval, ScoreRun, ScoringSettings
from segmentation.night_params import manual_in_force
from segmentation.rules.checks import cut_point_problems
from segmentation.rules.views import preview_url
from segmentation.selectors import latest_run, scoring_settings
from segmentation.tests import worlds
from segmentation.tests.test_rules_are_previewed_before_they_count import HTMX, in_english, text_of
from segmentation.whatif import figures
from segmentation.whatif.question import scoring_question
from segmentation.whatif.rated import rated_rows
from segmentation.whatif.scoring import Scoring, counts_again, scoring_in, typed_as_stored
from segmentation.whatif.services import scoring_publish
from workbench.defaults import ensure_defaults

SignIn = Callable[..., Client]
EASY = rfm.CutPoints((365, 300, 200, 100), (1, 2, 3, 4), (100, 200, 300, 400))
PREVIEW = "/segmentation/rules/cut-points/preview/"


@pytest.fixture(scope="module")
def rated(django_db_setup: None, django_db_blocker: Any) -> Any:
    """A company rated at some month ends, the day before yesterday and yesterday, by 365 days."""
    with django_db_blocker.unblock(), transaction.atomic():
        ensure_defaults()
        cast = cast_made()
        world = worlds.random_world(5, customers=260, days=900)
        last = clock.last_ended_day()
        shift = last - (worlds.FIRST_DAY + timedelta(days=899))
        for deal in world.deals:
            deal.day += shift
            deal.returned_on = deal.returned_on and deal.returned_on + shift
        worlds.store(world)
        Customer.objects.update(owner=cast.wang, team=cast.shanghai, stage="long_term")
        ends = [first - timedelta(days=1) for first in clock.months_back(last, 2)]
        for day in [*sorted(day for day in ends if day < last), last - timedelta(days=1), last]:
            if not ScoreRun.objects.filter(as_of=day).exists():
                night.rescore(day)
        yield cast
        transaction.set_rollback(True)


@pytest.fixture
def company(rated: Cast, db: None) -> Cast:
    return rated


@pytest.fixture
def admin(company: Cast, sign_in: SignIn) -> Client:
    return in_english(sign_in(company.admin))


def some_cuts(chance: random.Random, window: int) -> rfm.CutPoints:
    while True:
        recency = sorted((chance.randrange(window) for _n in range(4)), reverse=True)
        frequency = sorted(chance.randint(1, 9) for _n in range(4))
        monetary = sorted(chance.randint(1, 400_000) for _n in range(4))
        found = [recency, frequency, monetary]
        if chance.random() < 0.4:
            chance.choice(found)[3] = None  # type: ignore[call-overload]
        cuts = rfm.CutPoints(*(tuple(of) for of in found))
        if not cut_point_problems(cuts, window):
            return typed_as_stored(cuts)


def set_as_asked(scoring: Scoring, cast: Cast) -> None:
    row = scoring_settings()
    ScoringSettings.objects.update_or_create(
        pk=1,
        defaults={"window_days": scoring.window, "manual_cuts": scoring.typed is not None, "fixed_days": 20},
    )
    assert row is not None
    if scoring.typed:
        services.manual_cut_points_set(cuts=scoring.typed, by=cast.admin)


COLUMNS = ("customer", "frequency", "monetary", "r", "f", "m", "tier")
SEEDS = [(1, 365, True), (2, 365, True), (3, 30, False), (4, 120, False), (5, 1095, False), (6, 700, True)]


@pytest.mark.parametrize(("seed", "window", "typed"), SEEDS)
def test_the_preview_is_what_the_night_stores(company: Cast, seed: int, window: int, typed: bool) -> None:
    """The night of the same day is repeated: nothing but what was asked about is another."""
    scoring = Scoring(window, some_cuts(random.Random(seed), window) if typed else None)
    run, said = latest_run(), dict[str, dict[int, Any]]()
    kept = dict(
        ScoreInterval.objects.filter(valid_to__gte=run.as_of - timedelta(days=1)).values_list("customer", "rated_tier")
    )
    for scheme in tiers.SCHEMES:
        question = scoring_question(scheme, scoring)
        by = question.measured(run)
        assert by is not None
        assert by.recounted == (window != run.window_days) == counts_again(scoring, run)
        rows = rated_rows(company.admin, scheme, question.definition, None, by)
        values = rows.values_list(
            "customer",
            by.path("frequency"),
            by.path("monetary"),
            "then_r",
            "then_f",
            "then_m",
            "becomes",
            "rated_tier",
            "valid_from",
        )
        said[scheme] = {row[0]: row[1:] for row in values}
    assert sum(map(len, said.values())) > 240
    set_as_asked(scoring, company)
    night.rescore(run.as_of)
    moved = 0
    for scheme, found in said.items():
        outcome = {
            row[0]: row[1:]
            for row in ScoreInterval.objects.filter(valid_to=None, tier_scheme=scheme).values_list(*COLUMNS)
        }
        assert found.keys() == outcome.keys()
        for pk, (orders, net, *scores, becomes, former, since) in found.items():
            night_orders, night_net, *night_scores, tier = outcome[pk]
            assert night_scores == scores
            if scores[0] is None:
                # Of who bought no more the repeated night goes on from the day before; so does the preview, where
                # that day said the same.
                if kept.get(pk, former) != former or since == run.as_of:
                    continue
            else:
                assert (night_orders, night_net) == (orders, net)
            assert tier == becomes
            moved += former != becomes
    assert moved > 10


def test_the_comparison_sees_other_limits(company: Cast) -> None:
    run = latest_run()
    said = {}
    for name, cuts in (("easy", EASY), ("hard", rfm.CutPoints((3, 2, 1, 0), (9, 9, 9, 9), (10**9,) * 4))):
        question = scoring_question("b2b", Scoring(365, cuts))
        rows = rated_rows(company.admin, "b2b", question.definition, None, question.measured(run))
        said[name] = dict(rows.values_list("customer", "becomes"))
    assert said["easy"] != said["hard"]


def test_by_what_is_in_force_nobody_moves(company: Cast, admin: Client) -> None:
    page = admin.get(preview_url(Scoring(365)))
    assert "<h1>Nobody would move</h1>" in text_of(page)
    assert page.context["preview"].rated > 20


def test_one_press_on_typed_cut_points_leads_there(company: Cast, admin: Client) -> None:
    form = {"r5": "100", "r4": "200", "r3": "300", "r2": "365", "m5": "4", "m4": "3", "m3": "2", "m2": "1"}
    form |= {"f5": "4", "f4": "3", "f3": "2", "f2": "1", "act": "preview"}
    new = reverse("cut_points_new")
    assert admin.post(new, form | {"f5": "2"}).status_code == 422
    answer = admin.post(new, form)
    assert answer.url == preview_url(Scoring(365, EASY))
    assert not CutPoints.objects.filter(created_by__isnull=False).exists()
    page = admin.get(answer.url)
    found = page.context["preview"]
    assert found.moved[0] > 10
    assert "if these cut-points counted, of 365 days" in text_of(page)
    assert "4 orders or more" in text_of(page)
    back = page.context["edit_url"]
    assert admin.get(back).context["form"]["r4"].value() == 200
    # Every figure opens as many customers, here and of the other kind.
    opened = [(one["value"], one["href"]) for one in found.facts if one["href"]]
    for line in found.lines:
        opened += [(str(cell.count), cell.url) for cell in (*line.cells, line.total) if cell.count]
    assert len(opened) > 8
    for figure, address in opened:
        assert admin.get(address).context["list"].total == figure, address
    other = next(address for _name, address, here in page.context["schemes"] if not here)
    assert "scheme=b2b" in other
    assert admin.get(other).context["preview"].rated > 10
    listed = admin.get(opened[0][1]).context["list"]
    assert all(row.scores.startswith(("R ", "")) and row.by for row in listed.drawn)
    months = admin.get(answer.url, {**Scoring(365, EASY).address, "months": "1"}, **HTMX).context["months"].months
    assert len(months) >= 2
    for month in months:
        assert sum(month.was.values()) == sum((month.becomes or {}).values())


def test_the_days_that_count_are_previewed_with_their_file(company: Cast, admin: Client) -> None:
    page = admin.get(reverse("cut_points"))
    sent = {"window_days": "95", "calibrate_monthly": "on", "version": page.context["form"]["version"].value() or 1}
    answer = admin.post(reverse("cut_points"), sent | {"act": "preview"})
    assert answer.url == preview_url(Scoring(95))
    assert admin.post(reverse("cut_points"), sent | {"act": "preview", "window_days": "29"}).status_code == 422
    assert admin.post(reverse("cut_points"), sent | {"act": "preview", "window_days": "85"}).status_code == 422
    assert scoring_settings().window_days == 365
    page = admin.get(answer.url)
    assert "if 95 days counted, by calibrated cut-points" in text_of(page)
    assert admin.get(page.context["edit_url"]).context["form"]["window_days"].value() == 95
    moved = page.context["preview"].moved[0]
    assert moved > 10
    # Whoever bought before these days is lost then, and nobody plans for them.
    load = page.context["preview"].loads[0]
    assert load.then != load.now
    address = page.context["preview"].facts[0]["href"].replace("/customers/", "/export/")
    file = admin.post(address, {"reason": "for the talk", "file": "csv"})
    lines = list(csv.reader(io.StringIO(b"".join(file).decode("utf-8-sig"))))
    assert len(lines) - 1 == moved
    part = admin.get(answer.url, {"window": "95", "months": "1"}, **HTMX)
    assert {run.window_days for run in figures.month_ends()} == {365}
    assert all(sum((month.becomes or {}).values()) for month in part.context["months"].months)


@pytest.mark.parametrize(
    "asked",
    [
        {},
        {"window": "29"},
        {"window": "1096"},
        {"window": "365", "scheme": "b2x"},
        {"window": "365", "r": "1.2.3.4"},
        {"window": "365", "r": "9.8.7.x", "f": "1.2.3.4", "m": "1.2.3.4"},
        {"window": "365", "r": "400.3.2.1", "f": "1.2.3.4", "m": "1.2.3.4"},
        {"window": "365", "r": "9.8.7", "f": "1.2.3.4", "m": "1.2.3.4"},
        {"window": "365", "r": "9.8.7.1", "f": "4.2.3.4", "m": "1.2.3.4"},
    ],
)
def test_what_cant_be_asked_is_not_found(company: Cast, admin: Client, asked: dict[str, str]) -> None:
    assert admin.get(PREVIEW, asked).status_code == 404
    if "window" in asked:
        assert admin.get("/segmentation/rules/preview/customers/", {"scheme": "b2b", **asked}).status_code == 404


def test_an_address_says_what_was_asked() -> None:
    for seed in range(5):
        chance = random.Random(seed)
        scoring = Scoring(365, some_cuts(chance, 365))
        assert scoring_in(scoring.address) == scoring
    assert scoring_in(Scoring(90, manual=True).address) == Scoring(90, manual=True)


def test_it_is_published_with_a_reason_and_a_day(company: Cast, admin: Client) -> None:
    page = admin.get(preview_url(Scoring(365, EASY)))
    publish = page.context["publish_url"]
    form = admin.get(publish)
    assert "This also turns on" in text_of(form)
    assert "counts_from" not in form.context["form"].fields
    sent = {"version": scoring_settings().version}
    assert admin.post(publish, sent | {"reason": " "}).status_code == 422
    assert admin.post(publish, {"version": 7, "reason": "x"}).status_code == 422
    assert admin.post(publish, sent | {"reason": "fits the trade"}).status_code == 302
    row = CutPoints.objects.get(created_by=company.admin)
    assert (row.reason, row.f, scoring_settings().manual_cuts) == ("fits the trade", [1, 2, 3, 4], True)
    said = AuditEntry.objects.filter(act__in=["cut_points.change", "scoring_settings.change"])
    assert {line.details["reason"] for line in said} == {"fits the trade"}
    assert "fits the trade" in text_of(admin.get(reverse("cut_points")))
    # The same once more changes nothing; other ones may wait for a day.
    row = scoring_settings()
    with pytest.raises(ValidationError):
        scoring_publish(scoring=Scoring(365, EASY), row=row, version=row.version, reason="y", by=company.admin)
    later = clock.business_date() + timedelta(days=5)
    hard = rfm.CutPoints((9, 8, 7, 6), (2, 3, 4, 5), (1, 2, 3, 4))
    publish = admin.get(preview_url(Scoring(365, hard))).context["publish_url"]
    past = {"reason": "y", "version": row.version, "counts_from": "2020-01-01"}
    assert admin.post(publish, past).status_code == 422
    assert admin.post(publish, past | {"counts_from": later.isoformat()}).status_code == 302
    assert manual_in_force(later - timedelta(days=1), 365).f == [1, 2, 3, 4]
    assert manual_in_force(later, 365).f == [2, 3, 4, 5]
    window = Scoring(120, manual=True)
    publish = admin.get(preview_url(window)).context["publish_url"]
    assert admin.post(publish, {"reason": "shorter", "version": row.version}).status_code == 302
    assert scoring_settings().window_days == 120


def test_what_is_typed_for_a_day_to_come_is_none_of_the_days_before(company: Cast) -> None:
    later, before = clock.business_date() + timedelta(days=5), manual_in_force(clock.business_date(), 365)
    services.manual_cut_points_set(cuts=EASY, by=company.admin, counts_from=later)
    assert manual_in_force(clock.business_date(), 365).f == before.f != [1, 2, 3, 4]
    assert list(manual_in_force(later, 365).f) == [1, 2, 3, 4]


def test_rules_that_look_at_further_scores_are_said_to_be_of_the_last_night(company: Cast, admin: Client) -> None:
    potential = tiers.Rule("A", (tiers.Condition("potential", low=50),))
    definition = tiers.Definition(("A", "B"), (potential, tiers.Rule("B")))
    RuleSet.objects.create(
        scheme="b2b",
        number=9,
        tiers=list(definition.tiers),
        definition=tiers.as_stored(definition),
        effective_on=clock.business_date(),
        created_by=company.admin,
    )
    page = admin.get(preview_url(Scoring(365, EASY)) + "&scheme=b2b")
    assert "the coming one reckons them anew" in text_of(page)
    assert "the coming one reckons them anew" not in text_of(admin.get(preview_url(Scoring(365, EASY))))


def test_a_worker_counts_for_a_large_company(company: Cast, admin: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    address = preview_url(Scoring(200))
    at_once = admin.get(address).context["preview"]
    monkeypatch.setattr(figures, "LARGE_COUNTED", 10)
    page = admin.get(address)
    assert "A worker begins within a minute" in text_of(page)
    assert "preview" in admin.get(preview_url(Scoring(365, EASY))).context  # needs no counting
    list(figures.reckon_asked(clock.last_ended_day()))
    found = admin.get(address).context["preview"]
    assert (found.moved, found.up, found.lost) == (at_once.moved, at_once.up, at_once.lost)
    row = RulePreview.objects.get(user=company.admin)
    assert (row.about, row.done, row.of) == ("scoring", row.of, 2 + len(figures.month_ends()))


def test_the_api_says_what_the_page_says(company: Cast, admin: Client, sign_in: SignIn) -> None:
    api = "/api/v1/cut-points/preview/"
    for scoring, body in (
        (Scoring(365, EASY), {"r": [365, 300, 200, 100], "f": [1, 2, 3, 4], "m": [100, 200, 300, 400]}),
        (Scoring(95), {"window_days": 95}),
    ):
        told = admin.post(api, {"scheme": "b2c", **body}, "application/json")
        assert told.status_code == 200
        found = admin.get(preview_url(scoring)).context["preview"]
        assert (told.json()["moved"], told.json()["net_sales_moved"]) == found.moved
    wrong = admin.post(api, {"scheme": "b2c", "r": [1, 2, 3, 4]}, "application/json")
    assert wrong.status_code == 400
    wrong = {"scheme": "b2c", "r": [1, 2, 3, 4], "f": [1, 2, 3, 4], "m": [1, 2, 3, 4]}
    assert "not more days" in admin.post(api, wrong, "application/json").content.decode()
    assert sign_in(company.wang).post(api, {"scheme": "b2c"}, "application/json").status_code == 403


def test_looking_changes_nothing(company: Cast, admin: Client) -> None:
    before = (CutPoints.objects.count(), list(CustomerFacts.objects.order_by("pk").values_list("pk", "tier")))
    admin.get(preview_url(Scoring(60)))
    admin.get(preview_url(Scoring(365, manual=True)))
    after = (CutPoints.objects.count(), list(CustomerFacts.objects.order_by("pk").values_list("pk", "tier")))
    assert before == after
