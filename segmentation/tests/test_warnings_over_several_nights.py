"""A customer falls silent: the case opens, worsens, holds while numbers sway, and ends in one of four ways."""

from datetime import date, timedelta

import pytest

from conftest import Cast
from core.versions import StaleVersionError
from customers.models import CustomerFacts
from segmentation import night
from segmentation.cases import services as cases
from segmentation.models import ChurnCase, ChurnParams, ScoreInterval, ScoringSettings
from segmentation.services import RefusedError
from segmentation.tests import worlds
from segmentation.tests.worlds import Deal
from segmentation.wording import counted

LAST = date(2025, 6, 10)
REGULAR = [LAST - timedelta(days=14 * back) for back in range(8, -1, -1)]
NUMBER = "K00001"


@pytest.fixture
def silent(cast: Cast) -> ChurnParams:
    """One regular customer whose last purchase was on 2025-06-10, too few to refit: the stored parameters stay."""
    world = worlds.World({NUMBER: "person"}, [Deal(NUMBER, day, 50_000) for day in REGULAR])
    worlds.store(world)
    numbers = {"r": 0.525, "alpha": 6.183, "a": 0.891, "b": 1.614}
    return ChurnParams.objects.create(fitted_on=LAST, ladder="fit", **numbers)


def nights(first: int, last: int, step: int = 1) -> list[str]:
    """Score from `first` to `last` days after the last purchase; the level of each night."""
    levels = []
    for days in range(first, last + 1, step):
        night.rescore(LAST + timedelta(days=days))
        levels.append(CustomerFacts.objects.get(customer__number=NUMBER).warning)
    return levels


def test_none_then_yellow_then_red_in_one_case(silent: ChurnParams) -> None:
    levels = nights(20, 120, 5)
    assert levels == sorted(levels, key=["none", "yellow", "red"].index)
    assert set(levels) == {"none", "yellow", "red"}
    case = ChurnCase.objects.get()
    assert (case.level, case.state, case.closed_at) == ("red", "new", None)
    assert case.level_since > case.opened_on
    assert case.version == 1
    assert case.value_at_risk == round(50_000 * (case.p_last - case.p_now))


def test_reasons_carry_their_numbers_in_order(silent: ChurnParams) -> None:
    nights(100, 100)
    reasons = list(ChurnCase.objects.get().reasons.values_list("code", "position"))
    assert reasons[:3] == [("SILENT_VS_CYCLE", 1), ("DROP", 2), ("LONG_SILENT", 3)]
    numbers = ChurnCase.objects.get().reasons.get(code="SILENT_VS_CYCLE").numbers
    assert numbers == {"median": 14, "since": LAST.isoformat()}
    said = counted(numbers, LAST + timedelta(days=100))
    assert (said["silent"], round(said["ratio"], 2)) == (100, 7.14)


def test_reasons_follow_the_nights_without_growing(silent: ChurnParams) -> None:
    nights(60, 75, 5)
    case = ChurnCase.objects.get()
    assert case.reasons.count() == len(set(case.reasons.values_list("code", flat=True)))
    assert case.reasons.get(code="SILENT_VS_CYCLE").numbers["since"] == LAST.isoformat()
    assert not case.reasons.filter(code="LONG_SILENT").exists()
    nights(95, 95)
    assert case.reasons.filter(code="LONG_SILENT").exists()


def test_a_purchase_wins_back(silent: ChurnParams) -> None:
    nights(100, 100)
    bought = LAST + timedelta(days=105)
    worlds.store_deal(Deal(NUMBER, bought, 9_900))
    assert nights(106, 106) == ["none"]
    case = ChurnCase.objects.get()
    assert (case.state, case.closed_on, case.closed_by) == ("won_back", LAST + timedelta(days=106), None)


def test_leaving_the_window_loses(silent: ChurnParams) -> None:
    assert nights(364, 364) == ["red"]
    assert nights(365, 365) == ["none"]
    assert ChurnCase.objects.get().state == "lost"
    assert ScoreInterval.objects.get(valid_to=None).lifecycle == "lost"


def test_better_numbers_ease(silent: ChurnParams) -> None:
    nights(100, 100)
    ScoringSettings.objects.update(red_p=0, eased_p=0)
    assert nights(101, 101) == ["none"]
    assert ChurnCase.objects.get().state == "eased"


def test_swaying_limits_do_not_reopen(silent: ChurnParams) -> None:
    """Yellow at p < .50 stays yellow up to .60: the level of the night before decides."""
    nights(40, 60)
    opened = ChurnCase.objects.get()
    for limit in (0.2, 0.9, 0.2, 0.9):
        ScoringSettings.objects.update(yellow_p=limit, red_p=0.01)
        nights(61, 61)
    assert ChurnCase.objects.count() == 1
    assert ChurnCase.objects.get().opened_on == opened.opened_on


def test_an_order_under_way_eases_the_case(silent: ChurnParams) -> None:
    nights(100, 100)
    worlds.store_deal(Deal(NUMBER, LAST + timedelta(days=100), 5_000, state="open"))
    assert nights(101, 101) == ["none"]


def test_a_false_alarm_stays_quiet_until_the_next_purchase(silent: ChurnParams, cast: Cast) -> None:
    nights(60, 60)
    case = ChurnCase.objects.get()
    cases.warning_close(case=case, version=1, state="false_alarm", reason="on holiday", by=cast.wang)
    assert CustomerFacts.objects.get(customer__number=NUMBER).warning == "none"
    ChurnCase.objects.update(closed_on=LAST + timedelta(days=60))
    assert nights(61, 90, 10) == ["none"] * 3
    worlds.store_deal(Deal(NUMBER, LAST + timedelta(days=92), 9_900))
    assert nights(93, 93) == ["none"]
    assert "red" in nights(150, 250, 25)
    assert ChurnCase.objects.count() == 2


def test_a_person_and_the_night_do_not_overwrite_each_other(silent: ChurnParams, cast: Cast) -> None:
    nights(60, 60)
    case = ChurnCase.objects.get()
    nights(61, 61)
    cases.warning_start(case=case, version=1, by=cast.wang)
    nights(62, 62)
    assert ChurnCase.objects.get().state == "working"
    with pytest.raises(StaleVersionError):
        cases.warning_close(case=case, version=1, state="lost", reason="closed down", by=cast.wang)
    with pytest.raises(RefusedError):
        cases.warning_close(case=case, version=2, state="won_back", reason="bought", by=cast.wang)


def test_a_reason_switched_on_opens_yellow(silent: ChurnParams) -> None:
    assert nights(28, 28) == ["none"]
    ScoringSettings.objects.update(openers=["SILENT_VS_CYCLE"])
    assert nights(29, 29) == ["yellow"]


def test_reasons_from_complaints_contacts_and_answers(silent: ChurnParams) -> None:
    nights(99, 99)
    day = LAST + timedelta(days=90)
    CustomerFacts.objects.update(
        open_complaints=1, complaints_on=[day], last_csat=1, contact_every_days=14, last_contact_at=f"{day}T00:00Z"
    )
    nights(118, 118)
    found = dict(ChurnCase.objects.get().reasons.values_list("code", "numbers"))
    assert found["COMPLAINT"] == {"open": 1, "recent": 1}
    assert found["LOW_SCORE"] == {"csat": 1}
    assert found["NO_CONTACT"] == {"since": day.isoformat(), "planned": 14}


def test_a_purchase_entered_late_for_an_earlier_day_wins_back_too(silent: ChurnParams) -> None:
    nights(60, 60)
    case = ChurnCase.objects.get()
    worlds.store_deal(Deal(NUMBER, case.opened_on - timedelta(days=1), 50_000))
    nights(62, 62)
    case.refresh_from_db()
    assert (case.state, case.closed_on) == ("won_back", LAST + timedelta(days=62))
    before = list(ChurnCase.objects.values())
    nights(62, 62)
    assert list(ChurnCase.objects.values()) == before, "the same night again changes nothing"


def test_what_a_person_closes_while_the_night_computes_stays_closed(
    silent: ChurnParams, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    nights(60, 60)
    plain = night.Night.sql

    def meanwhile(self: night.Night, name: str, **params: object) -> object:
        if name == "cases":
            case = ChurnCase.objects.get()
            cases.warning_close(case=case, version=case.version, state="false_alarm", reason="x", by=cast.wang)
        return plain(self, name, **params)

    monkeypatch.setattr(night.Night, "sql", meanwhile)
    assert nights(61, 61) == ["none"]
    assert ChurnCase.objects.get().state == "false_alarm"
