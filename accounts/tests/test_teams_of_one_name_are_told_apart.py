"""The same name of a team below another one is fine: wherever teams are chosen the two are told apart by their path."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse

from accounts.models import Team
from accounts.pages.forms import TeamChoice
from accounts.selectors import team_labels
from accounts.services import team_create
from core import clock
from customers.imports.owners import owner_choices
from customers.models import Customer
from feedback.models import Complaint
from segmentation.models import ScoreRun

pytestmark = pytest.mark.django_db
BOTH = ["East/Shanghai", "North/Shanghai"]


@pytest.fixture
def second(cast):
    """Shanghai stands below East already; 外组 works in the other one."""
    made = team_create(name="Shanghai", parent=cast.north, by=cast.admin)
    cast.outsider.team = made
    cast.outsider.save(update_fields=["team"])
    return made


def test_only_those_of_one_name_get_their_path(cast, second):
    found = team_labels(Team.objects.order_by("path"))
    assert found == {cast.east.pk: "East", cast.shanghai.pk: BOTH[0], cast.north.pk: "North", second.pk: BOTH[1]}
    assert team_labels(Team.objects.exclude(pk=second.pk))[cast.shanghai.pk] == "Shanghai"


def test_forms_that_choose_a_team_show_the_path(cast, second):
    field = TeamChoice(empty_label="none")
    field.queryset = Team.objects.order_by("path")
    assert [str(label).strip("　") for _pk, label in field.choices] == ["none", "East", BOTH[0], "North", BOTH[1]]


@pytest.mark.parametrize("page", ["user_list", "user_new", "team_list", "effect", "segmentation"])
def test_pages_that_choose_a_team_show_the_path(cast, second, sign_in, page):
    ScoreRun.objects.create(
        as_of=clock.business_date() - timedelta(days=1), started_at=clock.now(), published_at=clock.now()
    )
    text = sign_in(cast.admin).get(reverse(page)).content.decode()
    for path in BOTH:
        assert path in text, page


def test_imports_and_complaints_show_it_too(cast, customer, second, sign_in):
    labels = " ".join(str(label) for _value, label in owner_choices(cast.admin))
    assert all(path in labels for path in BOTH)
    other = Customer.objects.create(number="K9", name="外组客户", owner=cast.outsider, team=second)
    for one, person in ((customer, cast.wang), (other, cast.outsider)):
        at = {"received_at": clock.now(), "first_response_due_at": clock.now()}
        Complaint.objects.create(
            number=f"TS-{one.pk}", customer=one, category="product", text="坏了", owner=person, **at
        )
    text = sign_in(cast.admin).get(reverse("complaint_list")).content.decode()
    assert all(path in text for path in BOTH)


def test_a_new_team_is_named_with_its_place(cast, sign_in):
    sent = {"name": "Pudong", "parent": cast.shanghai.pk}
    page = sign_in(cast.admin).post(reverse("team_new"), sent, follow=True)
    assert "Team East/Shanghai/Pudong made." in page.content.decode()
