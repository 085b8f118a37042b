"""Cut-points: read in words with the customers they part, typed as a new version, refused where they don't rise."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse
from django.utils import translation

from accounts.models import AuditEntry
from conftest import Cast
from core import clock
from segmentation import night, rfm, services
from segmentation.models import CutPoints, ScoringSettings
from segmentation.rules.checks import cut_point_problems
from segmentation.rules.selectors import score_counts
from segmentation.rules.words import bounds_in_words
from segmentation.selectors import latest_run, scores_as_of, scoring_settings
from segmentation.tests import worlds

pytestmark = pytest.mark.django_db
SignIn = Callable[..., Client]
GOOD = {
    "r5": "30", "r4": "90", "r3": "180", "r2": "365",
    "f5": "6", "f4": "4", "f3": "3", "f2": "2",
    "m5": "2,000", "m4": "1000", "m3": "500.50", "m2": "200",
}  # fmt: skip


def cuts(**measures: tuple[int | None, ...]) -> rfm.CutPoints:
    shipped = rfm.manual_cut_points()
    return rfm.CutPoints(
        measures.get("r", shipped.recency), measures.get("f", shipped.frequency), measures.get("m", shipped.monetary)
    )


@pytest.mark.parametrize(
    ("measures", "wrong"),
    [
        ({}, {}),
        ({"f": (2, 2, 4, None)}, {}),
        ({"r": (30, 90, 180, 365)}, {"r": [3, 4, 5]}),
        ({"f": (2, 5, 4, 6)}, {"f": [4]}),
        ({"m": (500, None, 400, 1000)}, {"m": [4]}),
        ({"r": (366, 180, 90, -1)}, {"r": [2, 5]}),
        ({"f": (0, 2, 3, 4)}, {"f": [2]}),
        ({"m": (None, None, None, None)}, {"m": [5]}),
    ],
)
def test_limits_that_dont_rise_are_named_by_measure_and_score(
    measures: dict[str, Any], wrong: dict[str, list[int]]
) -> None:
    assert {name: list(of) for name, of in cut_point_problems(cuts(**measures)).items()} == wrong


def test_a_limit_left_out_is_a_score_that_nobody_reaches() -> None:
    """Left out in the middle it is the next one's: without that everybody above would lose a score."""
    assert rfm.without_gaps((2, None, 4, 6)) == (2, 4, 4, 6)
    assert [rfm.score(value, rfm.without_gaps((2, None, 4, 6))) for value in (1, 2, 3, 4, 6)] == [1, 2, 2, 4, 5]
    assert rfm.score(6, (2, None, 4, 6)) == 4
    assert rfm.without_gaps((2, 3, None, None)) == (2, 3, None, None)


def test_a_manager_types_them_once_however_often_the_form_is_sent(cast: Cast, sign_in: SignIn) -> None:
    client, path = sign_in(cast.manager), reverse("cut_points_new")
    key = str(client.get(path).context["form"]["idempotency_key"].value())
    for _time in range(2):
        assert client.post(path, GOOD | {"idempotency_key": key, "r4": ""}).status_code == 302
    row = CutPoints.objects.get(manual=True)
    assert (row.r, row.f, row.m) == ([365, 180, 30, 30], [2, 3, 4, 6], [20000, 50050, 100000, 200000])
    assert (row.created_by, row.calibrated_on) == (cast.manager, clock.last_ended_day())
    line = AuditEntry.objects.get(act="cut_points.change")
    assert line.details["limits_r"] == "365/180/30/30"
    page = client.get(reverse("cut_points")).content.decode()
    assert cast.manager.name in page


def test_what_doesnt_rise_is_said_beside_its_field(cast: Cast, sign_in: SignIn) -> None:
    client, path = sign_in(cast.manager), reverse("cut_points_new")
    for wrong in ({"r5": "100"}, {"f5": "3"}, {"m5": "999"}, {"m2": "-5"}, {"f2": "0"}, {"r2": "1.5"}):
        answer = client.post(path, GOOD | wrong)
        assert answer.status_code == 422
        assert list(answer.context["form"].errors) == list(wrong)
    assert not CutPoints.objects.exists()
    with pytest.raises(ValidationError):
        services.manual_cut_points_set(cuts=cuts(f=(5, 4, 3, 2)), by=cast.manager)


def test_the_words_say_what_each_score_needs() -> None:
    with translation.override("en"):
        words = dict(bounds_in_words(CutPoints(r=[365, 180, 30, 30], f=[1, 3, None, None], m=[20000, 1, 2, 3])))
    recency, orders, _sales = words.values()
    assert [text for _score, text in recency] == [
        "up to 30 days ago", "nobody", "up to 180 days ago", "up to 365 days ago", "longer ago",
    ]  # fmt: skip
    assert [text for _score, text in orders] == ["nobody", "nobody", "3 orders or more", "1 order or more", "less"]


def test_the_customers_are_counted_by_score_within_the_readers_reach(
    cast: Cast, defaults: None, sign_in: SignIn
) -> None:
    worlds.store(worlds.random_world(9))
    night.rescore(date(2026, 4, 15))
    run = latest_run()
    counts = score_counts(cast.admin, run)
    rated = scores_as_of(cast.admin, run.as_of).exclude(r=None)
    assert rated.count() > 100
    for name, found in counts.items():
        assert found == [rated.filter(**{name: score}).count() for score in (5, 4, 3, 2, 1)]
    assert score_counts(cast.wang, run)["r"] == [0, 0, 0, 0, 0]
    page = sign_in(cast.admin).get(reverse("cut_points"))
    assert page.context["used"] == run.cut_points


def test_the_switches_are_saved_over_the_version_that_was_read(cast: Cast, sign_in: SignIn) -> None:
    client, path = sign_in(cast.manager), reverse("cut_points")
    assert client.post(path, {"window_days": "365", "manual_cuts": "on", "version": "1"}).status_code == 302
    row = scoring_settings()
    assert (row.manual_cuts, row.calibrate_monthly, row.version) == (True, False, 2)
    assert sign_in(cast.wang).post(path, {"version": "2"}).status_code == 403
    assert ScoringSettings.objects.get().manual_cuts


def test_who_only_reads_gets_no_form(cast: Cast, sign_in: SignIn) -> None:
    client = sign_in(cast.wang)
    assert b'name="manual_cuts"' not in client.get(reverse("cut_points")).content
    assert client.get(reverse("cut_points_new")).status_code == 403
