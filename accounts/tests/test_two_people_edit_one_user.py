"""A user has no version: what others changed since the form was opened is seen by the values, and never overwritten."""

import pytest
from django.urls import reverse

from accounts.models import Team, User
from accounts.services import team_change, user_change
from core.versions import StaleVersionError

pytestmark = pytest.mark.django_db


def opened(client, url):
    """The fields of an edit form as a browser sends them back untouched."""
    form = client.get(url).context["form"]
    return {name: form[name].value() for name in form.fields if form[name].value() not in (None, "")}


@pytest.fixture
def page(cast, sign_in):
    """The form of 小王, opened; meanwhile `others` changes a copy."""
    client, url = sign_in(cast.admin), reverse("user_edit", args=[cast.wang.pk])
    return client, url, opened(client, url)


def others(cast, **changes):
    user_change(user=User.objects.get(pk=cast.wang.pk), changes=changes, by=cast.admin)


def test_different_fields_are_both_kept_and_said(page, cast):
    client, url, sent = page
    others(cast, mobile="13912345678")
    answer = client.post(url, sent | {"name": "王大"}, follow=True)
    assert "Meanwhile somebody else changed: Mobile number" in answer.content.decode()
    wang = User.objects.get(pk=cast.wang.pk)
    assert (wang.name, wang.mobile) == ("王大", "13912345678")


def test_the_same_field_is_asked_side_by_side(page, cast):
    client, url, sent = page
    others(cast, team=cast.north)
    asked = client.post(url, sent | {"team": cast.east.pk})
    assert asked.status_code == 409
    assert User.objects.get(pk=cast.wang.pk).team == cast.north
    (question,) = asked.context["fields"]
    assert (question.mine[1].strip(), question.theirs[1].strip()) == ("East", "North")
    assert client.post(url, dict(asked.context["kept"]) | {"team": cast.east.pk}).status_code == 302
    assert User.objects.get(pk=cast.wang.pk).team == cast.east


def test_a_page_that_doesnt_say_how_it_was_opened_overwrites_nothing_unasked(page, cast):
    client, url, sent = page
    del sent["original"]
    assert client.post(url, sent | {"name": "王大"}).status_code == 409
    assert User.objects.get(pk=cast.wang.pk).name == "小王"


def test_the_service_writes_only_over_the_values_that_it_was_given(cast):
    mine = User.objects.get(pk=cast.wang.pk)
    others(cast, name="theirs")
    with pytest.raises(StaleVersionError):
        user_change(user=mine, changes={"name": "mine"}, by=cast.admin)
    assert User.objects.get(pk=cast.wang.pk).name == "theirs"
    assert user_change(user=mine, changes={"mobile": "13912345678"}, by=cast.admin) == ["mobile"]


def test_a_name_taken_meanwhile_is_said_beside_its_field(page, cast):
    client, url, sent = page
    user_change(user=User.objects.get(pk=cast.li.pk), changes={"email": "same@example.com"}, by=cast.admin)
    answer = client.post(url, sent | {"email": "same@example.com", "name": "王大"})
    assert answer.status_code == 422
    assert answer.context["form"].errors == {"email": ["Another user signs in with this address."]}
    assert User.objects.get(pk=cast.wang.pk).name == "小王"


def test_two_people_who_each_take_one_of_the_two_sign_in_names_leave_one(page, cast):
    client, url, sent = page
    others(cast, mobile="13912345678")
    sent = opened(client, url)
    others(cast, email=None)
    answer = client.post(url, sent | {"mobile": ""})
    assert answer.status_code == 422
    assert "people sign in with it" in answer.content.decode()


def test_two_names_for_one_team_are_asked_too(cast, sign_in):
    client, url = sign_in(cast.admin), reverse("team_edit", args=[cast.east.pk])
    sent = opened(client, url)
    team_change(team=Team.objects.get(pk=cast.east.pk), name="theirs", by=cast.admin)
    assert client.post(url, sent | {"name": "mine"}).status_code == 409
    assert Team.objects.get(pk=cast.east.pk).name == "theirs"
