"""Limits of warnings: set by managers over the version they read, refused where they can't hold together."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse
from django.utils.html import escape

from accounts.models import AuditEntry
from conftest import Cast
from core.versions import StaleVersionError
from segmentation import services
from segmentation.models import ScoringSettings
from segmentation.rules.checks import SETTABLE, settings_problems
from segmentation.rules.words import warning_sentences
from segmentation.selectors import scoring_settings, warnings_shown

pytestmark = pytest.mark.django_db
SignIn = Callable[..., Client]
SENT = {
    "horizon_days": "90",
    "yellow_p": "50",
    "yellow_drop": "25",
    "red_p": "35",
    "red_drop": "30",
    "red_falls_p": "45",
    "eased_p": "60",
    "eased_drop": "15",
    "fixed_days": "90",
    "cycle_ratio": "2",
    "warnings_shown": "10",
    "version": "1",
}


def values(**changes: Any) -> dict[str, Any]:
    return {name: getattr(ScoringSettings(), name) for name in SETTABLE} | changes


def change(by: Any, **changes: Any) -> ScoringSettings:
    row = scoring_settings()
    services.scoring_settings_change(row=row, changes=changes, version=row.version, by=by)
    return row


def test_the_shipped_limits_hold_together() -> None:
    assert settings_problems(values()) == {}


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"red_p": 0.5, "red_falls_p": 0.55}, "red_p"),
        ({"red_drop": 0.2}, "red_drop"),
        ({"red_falls_p": 0.3}, "red_falls_p"),
        ({"red_falls_p": 0.7}, "red_falls_p"),
        ({"eased_p": 0.5}, "eased_p"),
        ({"eased_drop": 0.25}, "eased_drop"),
        ({"yellow_p": 1.0}, "yellow_p"),
        ({"yellow_drop": 0.0}, "yellow_drop"),
        ({"horizon_days": 0}, "horizon_days"),
        ({"fixed_days": 365}, "fixed_days"),
        ({"cycle_ratio": 1.0}, "cycle_ratio"),
        ({"warnings_shown": 0}, "warnings_shown"),
        ({"openers": ["NONSENSE"]}, "openers"),
    ],
)
def test_a_limit_that_cant_hold_is_named(cast: Cast, changes: dict[str, Any], named: str) -> None:
    assert list(settings_problems(values(**changes), changes)) == [named]
    with pytest.raises(ValidationError) as refused:
        change(cast.manager, **changes)
    assert list(refused.value.message_dict) == [named]
    assert scoring_settings().version == 1


def test_a_manager_sets_them_and_the_page_says_them_in_words(cast: Cast, sign_in: SignIn) -> None:
    client, path = sign_in(cast.manager), reverse("warning_settings")
    client.cookies["django_language"] = "en"
    sent = SENT | {"yellow_p": "52.5", "openers": ["COMPLAINT", "SILENT_VS_CYCLE"], "warnings_shown": "12"}
    assert client.post(path, sent).status_code == 302
    row = scoring_settings()
    assert (row.yellow_p, row.openers, row.warnings_shown, row.version) == (
        0.525,
        ["SILENT_VS_CYCLE", "COMPLAINT"],
        12,
        2,
    )
    assert row.updated_by == cast.manager
    page = client.get(path).content.decode()
    for text in warning_sentences(row):
        assert escape(text) in page
    assert "52.5%" in page


def test_only_what_changed_stands_in_the_audit_log_with_before_and_after(cast: Cast, sign_in: SignIn) -> None:
    client = sign_in(cast.manager)
    client.post(reverse("warning_settings"), SENT | {"red_p": "33", "openers": ["COMPLAINT"]})
    line = AuditEntry.objects.get(act="scoring_settings.change")
    assert line.details == {"changed": {"red_p": [0.35, 0.33], "openers": ["", "COMPLAINT"]}}
    reader = sign_in(cast.admin)
    reader.cookies["django_language"] = "en"
    page = reader.get(reverse("warning_settings")).content.decode()
    assert "<del data-user>35%</del> → <ins data-user>33%</ins>" in page
    assert "<del data-user>none</del> → <ins data-user>complaints</ins>" in page


def test_what_cant_hold_is_said_beside_its_field_and_nothing_is_saved(cast: Cast, sign_in: SignIn) -> None:
    answer = sign_in(cast.manager).post(
        reverse("warning_settings"), SENT | {"red_p": "55", "red_falls_p": "56", "fixed_days": "80"}
    )
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == ["red_p"]
    assert scoring_settings().fixed_days == 90
    for wrong in ({"yellow_p": "0"}, {"eased_p": "100"}, {"cycle_ratio": "x"}, {"fixed_days": "-1"}):
        answer = sign_in(cast.manager).post(reverse("warning_settings"), SENT | wrong)
        assert list(answer.context["form"].errors) == list(wrong)


def test_two_people_at_once_are_asked_only_about_what_both_changed(cast: Cast, sign_in: SignIn) -> None:
    client, path = sign_in(cast.manager), reverse("warning_settings")
    opened = client.get(path).context["form"].initial["original"]
    change(cast.admin, fixed_days=120)
    assert client.post(path, SENT | {"original": opened, "warnings_shown": "5"}).status_code == 302
    row = scoring_settings()
    assert (row.fixed_days, row.warnings_shown) == (120, 5)
    assert client.post(path, SENT | {"original": opened, "fixed_days": "60"}).status_code == 409
    with pytest.raises(StaleVersionError):
        services.scoring_settings_change(row=row, changes={"fixed_days": 60}, version=1, by=cast.admin)


def test_a_rep_reads_them_and_sets_nothing(cast: Cast, sign_in: SignIn) -> None:
    client, path = sign_in(cast.wang), reverse("warning_settings")
    page = client.get(path)
    assert page.status_code == 200
    assert b'name="red_p"' not in page.content
    assert client.post(path, SENT | {"red_p": "20"}).status_code == 403
    assert scoring_settings().red_p == 0.35


def test_the_cap_counts_at_once(cast: Cast, django_capture_on_commit_callbacks: Any) -> None:
    assert warnings_shown() == 10
    with django_capture_on_commit_callbacks(execute=True):
        change(cast.manager, warnings_shown=3)
    assert warnings_shown() == 3
