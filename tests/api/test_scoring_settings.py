"""The settings of the scoring over the API: one row, over the version that was read, and rules as versions."""

from typing import Any

import pytest

from conftest import Cast
from core import clock
from customers.models import Customer, Industry
from customers.services.catalogues import entry_merge
from segmentation import night
from segmentation.models import ScoringSettings

pytestmark = pytest.mark.django_db


def test_the_api_sets_the_same_over_its_version(cast: Cast, api: Any) -> None:
    client = api(cast.manager)
    seen = client.get("scoring-settings/1/")
    tag = seen.headers["ETag"]
    assert seen.json()["red_p"] == 0.35
    assert client.patch("scoring-settings/1/", {"red_p": 0.6}, If_Match=tag).status_code == 400
    changed = client.patch("scoring-settings/1/", {"red_p": 0.3, "window_days": 180}, If_Match=tag)
    assert (changed.status_code, changed.json()["red_p"], changed.json()["window_days"]) == (200, 0.3, 180)
    assert client.patch("scoring-settings/1/", {"red_p": 0.2}, If_Match=tag).status_code == 412
    for days in (29, 1096, 90):
        refused = client.patch("scoring-settings/1/", {"window_days": days}, If_Match='"2"')
        assert (refused.status_code, "window_days" in str(refused.json())) == (400, True)
    assert api(cast.wang).patch("scoring-settings/1/", {"red_p": 0.2}, If_Match='"2"').status_code == 403


def test_cut_points_are_posted_as_versions_and_never_changed(cast: Cast, api: Any) -> None:
    client, body = api(cast.manager), {"r": [365, 180, 90, 30], "f": [2, 3, 4, None], "m": [100, 200, 300, 400]}
    made = client.post("cut-points/", body)
    assert (made.status_code, made.json()["manual"], made.json()["f"]) == (201, True, [2, 3, 4, None])
    wrong = client.post("cut-points/", body | {"f": [4, 3, 2, 1]})
    assert (wrong.status_code, "f" in str(wrong.json())) == (400, True)
    assert client.post("cut-points/", body | {"r": [1, 2, 3]}).status_code == 400
    assert client.patch(f"cut-points/{made.json()['id']}/", {"f": [1, 2, 3, 4]}).status_code == 405
    assert api(cast.wang).post("cut-points/", body).status_code == 403
    assert api(cast.wang).get("cut-points/").status_code == 200


def test_a_tier_is_renamed_over_what_was_read_and_keeps_its_code(cast: Cast, api: Any) -> None:
    client = api(cast.manager)
    row = client.get("tiers/").json()["results"][0]
    tag = client.get(f"tiers/{row['id']}/").headers["ETag"]
    made = client.patch(f"tiers/{row['id']}/", {"name_en": "Gold", "code": "X"}, If_Match=tag)
    assert (made.status_code, made.json()["name_en"], made.json()["code"]) == (200, "Gold", row["code"])
    assert client.patch(f"tiers/{row['id']}/", {"name_en": "Silver"}, If_Match=tag).status_code == 412


def body(**more: Any) -> dict[str, Any]:
    rules = [{"tier": "A", "all": [{"of": "f", "min": 4}]}, {"tier": "B", "all": []}]
    today = clock.business_date().isoformat()
    made = {"scheme": "b2b", "tiers": ["A", "B"], "definition": {"rules": rules}, "effective_on": today}
    return made | {"reason": "two are enough"} | more


def test_tier_rules_are_posted_as_versions_and_never_changed(cast: Cast, api: Any) -> None:
    client = api(cast.manager)
    made = client.post("tier-rules/", body())
    assert (made.status_code, made.json()["number"], made.json()["definition"]) == (201, 2, body()["definition"])
    assert client.get(f"tier-rules/{made.json()['id']}/").json()["reason"] == "two are enough"
    assert [row["number"] for row in client.get("tier-rules/?scheme=b2b").json()["results"]] == [2, 1]
    assert client.patch(f"tier-rules/{made.json()['id']}/", {"reason": "x"}).status_code == 405
    assert api(cast.wang).post("tier-rules/", body()).status_code == 403
    assert api(cast.wang).get("tier-rules/").status_code == 200


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"definition": {"rules": [{"tier": "A", "all": [{"of": "luck"}]}]}}, "definition"),
        ({"definition": {"rules": [{"tier": "A", "all": [{"of": "f", "min": 4}]}]}}, "rules"),
        ({"definition": {"weights": [{"of": "f", "weight": 90}], "tiers": [{"tier": "A"}]}}, "weights"),
        ({"definition": 5}, "definition"),
        ({"tiers": ["A"]}, "tiers"),
        ({"reason": ""}, "reason"),
        ({"effective_on": "2020-01-01"}, "effective_on"),
        ({"scheme": "x"}, "scheme"),
    ],
)
def test_what_cannot_be_is_said_of_its_place(cast: Cast, api: Any, more: Any, field: str) -> None:
    refused = api(cast.manager).post("tier-rules/", body(**more))
    assert (refused.status_code, field in str(refused.json())) == (400, True), refused.json()


def test_points_are_posted_with_their_thresholds(cast: Cast, api: Any) -> None:
    definition = {
        "weights": [{"of": "f", "weight": 60}, {"of": "loyalty", "weight": 40, "points": {"advocate": 100}}],
        "tiers": [{"tier": "A", "from": 70}, {"tier": "B"}],
    }
    assert api(cast.admin).post("tier-rules/", body(definition=definition)).json()["definition"] == definition


def test_a_scheme_is_renamed(cast: Cast, api: Any) -> None:
    client = api(cast.manager)
    row = client.get("tier-schemes/").json()["results"][0]
    tag = client.get(f"tier-schemes/{row['id']}/").headers["ETag"]
    made = client.patch(f"tier-schemes/{row['id']}/", {"name_en": "Households", "code": "x"}, If_Match=tag)
    assert (made.status_code, made.json()["name_en"], made.json()["code"]) == (200, "Households", row["code"])
    assert client.patch(f"tier-schemes/{row['id']}/", {"name_en": "Y"}, If_Match=tag).status_code == 412


def test_a_tier_gets_another_letter_and_colour(cast: Cast, api: Any) -> None:
    client = api(cast.manager)
    row = client.get("tiers/").json()["results"][0]
    changes = {"letter": "金", "slot": 3, "high_value": True}

    def patch(body: dict[str, Any]) -> Any:
        tag = client.get(f"tiers/{row['id']}/").headers["ETag"]
        return client.patch(f"tiers/{row['id']}/", body, If_Match=tag)

    made = patch(changes)
    assert made.status_code == 200
    assert {name: made.json()[name] for name in changes} == changes
    assert patch({"slot": 6}).status_code == 400
    assert patch({"letter": "abc"}).status_code == 400


def test_scores_say_which_days_were_counted(cast: Cast, api: Any, defaults: None, customer: Customer) -> None:
    ScoringSettings.objects.update(window_days=180)
    night.rescore()
    row = api(cast.admin).get("scores/").json()["results"][0]
    assert (row["customer"], row["window_days"]) == (customer.pk, 180)
    now = api(cast.admin).get(f"scores/now/?customer={customer.pk}").json()
    assert now["window_days"] == 180


def test_rules_name_entries_of_catalogues_by_code_and_follow_what_was_merged(cast: Cast, api: Any) -> None:
    client = api(cast.manager)
    rules = [{"tier": "A", "all": [{"of": "industry", "codes": ["textiles", "food"]}]}, {"tier": "B", "all": []}]
    made = client.post("tier-rules/", body(definition={"rules": rules}))
    assert (made.status_code, made.json()["definition"]) == (201, {"rules": rules})
    entries = {row.code: row for row in Industry.objects.filter(code__in=["textiles", "retail"])}
    entry_merge(row=entries["textiles"], into=entries["retail"], by=cast.admin)
    read = client.get(f"tier-rules/{made.json()['id']}/").json()["definition"]
    assert read["rules"][0]["all"][0]["codes"] == ["retail", "food"]
    rules[0]["all"][0]["codes"] = ["nowhere"]
    refused = client.post("tier-rules/", body(definition={"rules": rules}))
    assert refused.status_code == 400
    assert "no entry with the code “nowhere”" in str(refused.json())
