"""The churn-warning page: who sees a case, how it is taken on and closed."""

from datetime import date

import pytest

from customers.models import CustomerFacts
from segmentation.models import ChurnCase, ChurnReason
from segmentation.wording import reason_text

pytestmark = pytest.mark.django_db


@pytest.fixture
def case(customer):
    CustomerFacts.objects.get_or_create(customer=customer)
    case = ChurnCase.objects.create(
        customer=customer,
        level="red",
        opened_on=date(2026, 11, 1),
        level_since=date(2026, 11, 1),
        value_at_risk=123_400,
    )
    ChurnReason.objects.create(case=case, code="LONG_SILENT", position=3, numbers={"silent": 120})
    return case


def change(client, case, **data):
    return client.post(f"/segmentation/warnings/{case.pk}/change/", {"version": case.version, **data})


def test_the_reason_is_told_in_words(sign_in, cast, case):
    page = sign_in(cast.wang).get("/segmentation/warnings/").content.decode()
    assert "No purchase for 120 days" in page


def test_a_stranger_sees_nothing(sign_in, cast, case):
    client = sign_in(cast.outsider)
    assert "恒远机械" not in client.get("/segmentation/warnings/").content.decode()
    assert change(client, case, state="working").status_code == 404


def test_taking_it_on_is_recorded(sign_in, cast, case):
    change(sign_in(cast.wang), case, state="working")
    case.refresh_from_db()
    assert case.state == "working"


def test_a_false_alarm_needs_a_reason(sign_in, cast, case):
    change(sign_in(cast.wang), case, state="false_alarm", reason=" ")
    case.refresh_from_db()
    assert case.closed_at is None
    change(sign_in(cast.wang), case, state="false_alarm", reason="moved, orders come by another name")
    case.refresh_from_db()
    assert (case.state, case.closed_by) == ("false_alarm", cast.wang)


def test_an_old_page_does_not_overwrite(sign_in, cast, case):
    client = sign_in(cast.wang)
    change(client, case, state="working")
    change(client, case, state="lost", reason="gone")
    case.refresh_from_db()
    assert case.closed_at is None


def test_without_script_a_page_does_what_the_menu_does(sign_in, cast, case):
    client, address = sign_in(cast.wang), f"/segmentation/warnings/{case.pk}/"
    assert f'href="{address}"' in client.get("/segmentation/warnings/").content.decode()
    page = client.get(address).content.decode()
    assert "No purchase for 120 days" in page
    assert 'value="working"' in page
    change(client, case, state="working")
    assert 'value="working"' not in client.get(address).content.decode()
    looked_at = sign_in(cast.auditor).get(address)
    assert looked_at.status_code == 200
    assert 'name="act"' not in looked_at.content.decode()


@pytest.mark.parametrize(
    ("code", "numbers", "words"),
    [
        ("SILENT_VS_CYCLE", {"median": 17.5, "silent": 184, "ratio": 10.51}, "17.5 days; silent for 184 days (10.5x)"),
        ("DROP", {"horizon": 90, "p_last": 0.859, "p_now": 0.028}, "fell from 86% to 3%"),
        ("FREQ_DOWN", {"now": 1, "before": 5}, "1 purchase in the last half year, 5 in"),
        ("NO_CONTACT", {"silent": 70, "planned": 30}, "No activity for 70 days; planned was every 30 days"),
        ("COMPLAINT", {"open": 1, "recent": 1}, "1 complaint is open"),
        ("LOW_SCORE", {"csat": 2}, "2 of 5"),
    ],
)
def test_each_reason_has_its_sentence(code, numbers, words, settings, db):
    from django.utils import translation

    with translation.override("en"):
        assert words in reason_text(code, numbers)
