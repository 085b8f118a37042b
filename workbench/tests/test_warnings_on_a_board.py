"""The board of warnings and the filters that it shares with the list; what says how good the warnings were."""

from datetime import date, timedelta

import pytest
from django.urls import reverse

from core import clock
from segmentation.cases import services
from segmentation.cases.models import ChurnCause
from segmentation.models import ChurnCase
from workbench.tests.test_a_warning_is_given import warned

pytestmark = pytest.mark.django_db


def ended(number, owner, state, on=None):
    case = warned(number, owner)
    on = on or clock.business_date()
    ChurnCase.objects.filter(pk=case.pk).update(state=state, closed_at=clock.now(), closed_on=on)
    return case


def columns(client, query=""):
    answer = client.get(f"{reverse('warning_board')}{query}")
    return {
        column.lane.key: (column.total, [card.row.customer.number for card in column.cards])
        for column in answer.context["columns"]
    }


def numbers_of(client, query):
    return {row.customer.number for row in client.get(f"{reverse('warning_list')}?{query}").context["page"].rows}


@pytest.fixture
def book(cast):
    new, working = warned("NEW", cast.wang, at_risk=900_000), warned("WORK", cast.li, at_risk=100)
    services.warning_start(case=working, version=1, by=cast.li)
    ended("BACK", cast.wang, "won_back"), ended("EASE", cast.wang, "eased")
    ended("LOST", cast.wang, "lost"), ended("FALSE", cast.wang, "false_alarm")
    return {"new": new, "working": working}


def test_each_warning_stands_in_the_column_of_its_state(sign_in, cast, book):
    found = columns(sign_in(cast.lead))
    assert {key: set(numbers) for key, (_n, numbers) in found.items()} == {
        "new": {"NEW"},
        "working": {"WORK"},
        "back": {"BACK", "EASE"},
        "lost": {"LOST"},
    }


def test_a_column_opens_its_cases_in_the_list(sign_in, cast, book):
    client = sign_in(cast.lead)
    answer = client.get(reverse("warning_board"))
    for column in answer.context["columns"]:
        page = client.get(column.list_url)
        listed = {row.customer.number for row in page.context["page"].rows}
        assert listed == {card.row.customer.number for card in column.cards}, column.lane.key


def test_people_see_their_own_and_the_filters_narrow(sign_in, cast, book):
    assert columns(sign_in(cast.li)) == {"new": (0, []), "working": (1, ["WORK"]), "back": (0, []), "lost": (0, [])}
    assert columns(sign_in(cast.lead), f"?owner={cast.li.pk}")["new"] == (0, [])


def test_a_phone_shows_the_column_that_was_chosen(sign_in, cast, book):
    page = sign_in(cast.lead).get(f"{reverse('warning_board')}?column=lost").content.decode()
    assert page.count("card chosen") == 1
    assert page.index("card chosen") < page.index("lane-lost")
    assert page.index("card chosen") > page.index("lane-back")


def test_the_list_is_narrowed_by_cause_value_and_deadline(sign_in, cast, book):
    client, today = sign_in(cast.lead), clock.business_date()
    price = ChurnCause.objects.get(code="price")
    changes = {"cause": price, "due_on": today - timedelta(days=1)}
    ChurnCase.objects.filter(pk=book["new"].pk).update(**changes)
    assert numbers_of(client, f"cause={price.pk}") == {"NEW"}
    assert numbers_of(client, "cause=none") == {"WORK"}
    assert numbers_of(client, "value=1000") == {"NEW"}
    assert numbers_of(client, "due=late") == {"NEW"}
    assert numbers_of(client, "due=none") == {"WORK"}
    ChurnCase.objects.filter(pk=book["working"].pk).update(due_on=today + timedelta(days=7))
    assert numbers_of(client, "due=week") == {"WORK"}
    assert numbers_of(client, "value=abc&due=x&cause=y") == {"NEW", "WORK"}


def test_the_list_is_sorted_by_deadline(sign_in, cast, book):
    today = clock.business_date()
    ChurnCase.objects.filter(pk=book["new"].pk).update(due_on=today + timedelta(days=9))
    ChurnCase.objects.filter(pk=book["working"].pk).update(due_on=today)
    page = sign_in(cast.lead).get(f"{reverse('warning_list')}?sort=due")
    assert [row.customer.number for row in page.context["page"].rows] == ["WORK", "NEW"]


def test_a_gift_is_found_by_what_was_done(sign_in, cast, book):
    for _turn in range(2):
        services.action_add(case=book["new"], kind="gift", done_on=clock.business_date(), by=cast.wang)
    assert numbers_of(sign_in(cast.lead), "view=open&done=gift") == {"NEW"}
    page = sign_in(cast.lead).get(f"{reverse('warning_list')}?done=gift")
    assert page.context["list"].total == "1"


def test_too_few_are_said_to_be_too_few(sign_in, cast, book):
    page = sign_in(cast.lead).get(reverse("warning_list")).content.decode()
    assert "too few" in page
    assert "3 of the 30 that a share needs" in " ".join(page.split())


def test_the_share_leaves_the_eased_out_and_opens_what_it_counts(sign_in, cast):
    for n in range(18):
        ended(f"B{n}", cast.wang, "won_back")
    for n in range(9):
        ended(f"L{n}", cast.wang, "lost")
    for n in range(6):
        ended(f"F{n}", cast.wang, "false_alarm")
    for n in range(7):
        ended(f"E{n}", cast.wang, "eased")
    ended("OLD", cast.wang, "false_alarm", on=date(2020, 1, 1))
    client = sign_in(cast.lead)
    answer = client.get(reverse("warning_list"))
    precision = answer.context["precision"]
    assert (precision.right, precision.n) == (27, 33)
    assert "81.8%" in answer.content.decode()
    assert client.get(f"{reverse('warning_list')}{answer.context['ways']['telling']}").context["list"].total == "33"
    assert client.get(f"{reverse('warning_list')}{answer.context['ways']['false_alarm']}").context["list"].total == "6"
