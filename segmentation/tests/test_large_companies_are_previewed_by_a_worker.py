"""Of a large company a worker reckons the preview of tier rules; the page says how far it is and keeps the result."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from conftest import Cast
from core import clock
from core.models import JobRun
from customers.models import Customer
from segmentation import night, tiers
from segmentation.models import RulePreview, ScoreRun
from segmentation.tests import worlds
from segmentation.tests.test_rules_are_previewed_before_they_count import (
    HTMX,
    PREVIEW,
    STRICT,
    in_english,
    keep,
    text_of,
)
from segmentation.tiers import Definition, Rule, box
from segmentation.whatif import figures

pytestmark = pytest.mark.django_db
SignIn = Callable[..., Client]
API = "/api/v1/tier-rules/"


@pytest.fixture
def company(cast: Cast) -> Cast:
    world = worlds.random_world(3, customers=60, days=500)
    shift = clock.last_ended_day() - (worlds.FIRST_DAY + timedelta(days=499))
    for deal in world.deals:
        deal.day += shift
        deal.returned_on = deal.returned_on and deal.returned_on + shift
    worlds.store(world)
    Customer.objects.update(owner=cast.wang, team=cast.shanghai, stage="long_term")
    night.rescore(clock.last_ended_day() - timedelta(days=40))
    night.rescore()
    return cast


@pytest.fixture
def admin(company: Cast, sign_in: SignIn) -> Client:
    return in_english(sign_in(company.admin))


@pytest.fixture
def large(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(figures, "LARGE", 10)


def work() -> list[dict[str, Any]]:
    return list(figures.reckon_asked(clock.last_ended_day()))


def shown(client: Client) -> tuple[Any, ...]:
    found = client.get(PREVIEW).context["preview"]
    loads = sorted((load.owner, load.moved, round(load.now, 6), round(load.then, 6)) for load in found.loads)
    return found.moved, found.up, found.down, found.gained, found.lost, loads


def test_the_page_waits_for_the_worker_and_shows_the_same(
    company: Cast, admin: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    keep(company.admin, STRICT)
    at_once = shown(admin)
    months = admin.get(PREVIEW, {"months": "1"}, **HTMX).context["months"].months
    monkeypatch.setattr(figures, "LARGE", 10)
    page = admin.get(PREVIEW)
    assert "A worker begins within a minute" in text_of(page)
    assert 'hx-trigger="every 2s"' in page.content.decode()
    assert JobRun.objects.get(job=figures.JOB_NAME).state == JobRun.State.DUE
    assert work()[-1] == {"previews": 1}
    assert shown(admin) == at_once
    stored = admin.get(PREVIEW).context["months"].months
    assert [(m.on, dict(m.was), dict(m.becomes)) for m in stored] == [
        (m.on, {k: n for k, n in m.was.items() if n}, {k: n for k, n in m.becomes.items() if n}) for m in months
    ]


def test_it_says_how_far_it_is(company: Cast, admin: Client, large: None) -> None:
    keep(company.admin, STRICT)
    admin.get(PREVIEW)
    steps = figures.reckon_asked(clock.last_ended_day())
    next(steps)
    next(steps)
    part = admin.get(PREVIEW, **HTMX)
    assert "<html" not in part.content.decode()
    assert "A worker goes through all customers" in text_of(part)
    row = RulePreview.objects.get()
    assert (row.done, row.of) == (2, 2 + len(figures.month_ends()))
    list(steps)
    assert "From which tier to which" in text_of(admin.get(PREVIEW, **HTMX))


def test_the_result_stays_until_the_rules_or_the_night_are_others(company: Cast, admin: Client, large: None) -> None:
    keep(company.admin, STRICT)
    admin.get(PREVIEW)
    work()
    JobRun.objects.all().delete()
    assert "preview" in admin.get(PREVIEW).context
    assert not JobRun.objects.exists()
    keep(company.admin, Definition(("S", "A", "B", "C"), (box("A", m=(2, 5)), Rule("C"))))
    assert "preview" not in admin.get(PREVIEW).context
    work()
    assert "preview" in admin.get(PREVIEW).context
    ScoreRun.objects.update(published_at=clock.now() + timedelta(seconds=5))
    assert "preview" not in admin.get(PREVIEW).context
    assert RulePreview.objects.count() == 1


def test_a_question_asked_meanwhile_is_not_answered_with_the_old_one(company: Cast, admin: Client, large: None) -> None:
    keep(company.admin, STRICT)
    admin.get(PREVIEW)
    steps = figures.reckon_asked(clock.last_ended_day())
    next(steps)
    keep(company.admin, tiers.DEFAULTS["b2b"])
    admin.get(PREVIEW)
    list(steps)  # the old one to its end, then the new one
    assert admin.get(PREVIEW).context["preview"].moved == (0, 0)


def test_each_person_has_their_own(company: Cast, admin: Client, sign_in: SignIn, large: None) -> None:
    keep(company.admin, Definition(("S", "A", "B", "C"), (Rule("S"),)))
    keep(company.manager, tiers.DEFAULTS["b2b"])
    admin.get(PREVIEW)
    manager = in_english(sign_in(company.manager))
    manager.get(PREVIEW)
    work()
    assert admin.get(PREVIEW).context["preview"].moved[0] > 0
    assert manager.get(PREVIEW).context["preview"].moved == (0, 0)


def test_before_the_first_night_no_worker_is_asked(
    cast: Cast, customer: Customer, sign_in: SignIn, large: None
) -> None:
    keep(cast.admin, STRICT)
    page = in_english(sign_in(cast.admin)).get(PREVIEW)
    assert page.status_code == 200
    assert "No scores yet" in page.content.decode()
    assert not RulePreview.objects.exists()


# --- the API ---------------------------------------------------------------------------------------------------------
def body(definition: Definition) -> dict[str, Any]:
    return {"scheme": "b2b", "tiers": list(definition.tiers), "definition": tiers.as_stored(definition)}


def test_the_api_says_what_the_page_says(company: Cast, admin: Client) -> None:
    keep(company.admin, STRICT)
    found = admin.get(PREVIEW).context["preview"]
    told = admin.post(f"{API}preview/", body(STRICT), "application/json")
    assert told.status_code == 200
    said = told.json()
    assert (said["moved"], said["up"], said["down"], said["rated"]) == (
        found.moved[0],
        found.up[0],
        found.down[0],
        found.rated,
    )
    assert sum(one["customers"] for one in said["moves"] if one["from"] != one["to"]) == said["moved"]
    assert said["work"][0]["owner"] == company.wang.pk
    assert len(said["months"]) == len(figures.month_ends())
    first = admin.get(f"{API}?scheme=b2b").json()["results"][0]["id"]
    assert admin.get(f"{API}{first}/preview/").json()["moved"] == 0


def test_the_api_waits_for_the_worker_too(company: Cast, admin: Client, large: None) -> None:
    told = admin.post(f"{API}preview/", body(STRICT), "application/json")
    assert (told.status_code, told.json()["done"]) == (202, 0)
    work()
    assert admin.post(f"{API}preview/", body(STRICT), "application/json").status_code == 200


def test_the_api_names_what_is_wrong(company: Cast, admin: Client) -> None:
    wrong = Definition(("A", "B"), (box("A", m=(4, 5)),))
    told = admin.post(f"{API}preview/", body(wrong), "application/json")
    assert told.status_code == 400
    assert "lowest tier" in told.content.decode()
    assert admin.post(f"{API}preview/", {"scheme": "b2x"}, "application/json").status_code == 400


def test_before_the_first_night_the_api_says_so(cast: Cast, sign_in: SignIn) -> None:
    told = in_english(sign_in(cast.admin)).post(f"{API}preview/", body(STRICT), "application/json")
    assert told.status_code == 409


def test_who_may_only_read_the_rules_asks_nothing(company: Cast, sign_in: SignIn) -> None:
    assert sign_in(company.wang).post(f"{API}preview/", body(STRICT), "application/json").status_code == 403
