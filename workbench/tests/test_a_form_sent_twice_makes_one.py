"""New users and teams: a double press makes one, both answers are of use, and no race answers 500."""

import uuid
from typing import Any

import pytest
from django.test import Client

from accounts import services
from accounts.models import Team, User
from tests.races import at_once

pytestmark = pytest.mark.django_db


def _user(cast: Any, **more: Any) -> dict[str, Any]:
    fields = {"name": "新人", "email": "new@example.com", "mobile": "", "role": cast.wang.role_id, "team": ""}
    return fields | {"idempotency_key": str(uuid.uuid4())} | more


def _shown(response: Any) -> str:
    page = response.content.decode()
    return page.partition('<code class="once" data-user>')[2].partition("</code>")[0]


def _opened(client: Client, url: str) -> dict[str, Any]:
    """The fields of a form as a browser sends them back untouched."""
    form = client.get(url).context["form"]
    return {name: form[name].value() for name in form.fields if form[name].value() not in (None, "")}


def _admin(sign_in: Any, cast: Any) -> Client:
    client = sign_in(cast.admin)
    client.cookies["django_language"] = "en"
    return client


def test_the_form_brings_its_key(sign_in: Any, cast: Any) -> None:
    for path in ("/settings/users/new/", "/settings/teams/"):
        assert 'name="idempotency_key" value="' in sign_in(cast.admin).get(path).content.decode()


def test_both_answers_show_the_same_password_and_it_works(sign_in: Any, cast: Any) -> None:
    admin, sent = _admin(sign_in, cast), _user(cast)
    first, second = (admin.post("/settings/users/new/", sent) for _n in range(2))
    assert _shown(first) == _shown(second) != ""
    user = User.objects.get(email="new@example.com")
    assert user.check_password(_shown(first))
    assert user.must_change_password


def test_another_form_gets_another_password(sign_in: Any, cast: Any) -> None:
    admin = _admin(sign_in, cast)
    shown = set()
    for n, more in enumerate(({}, {}, {"idempotency_key": ""}, {"idempotency_key": ""})):
        email = f"new{n}@example.com"
        shown.add(_shown(admin.post("/settings/users/new/", _user(cast, email=email, **more))))
        assert any(User.objects.get(email=email).check_password(password) for password in shown)
    assert len(shown) == 4


def test_once_the_person_has_changed_it_the_form_leads_to_the_user(sign_in: Any, cast: Any) -> None:
    admin, sent = _admin(sign_in, cast), _user(cast)
    admin.post("/settings/users/new/", sent)
    user = User.objects.get(email="new@example.com")
    services.password_change(user=user, password="seven grey herons", by=user)
    assert admin.post("/settings/users/new/", sent).headers["Location"] == f"/settings/users/{user.pk}/"


def test_the_same_form_with_other_entries_is_asked_about(sign_in: Any, cast: Any) -> None:
    admin, sent = _admin(sign_in, cast), _user(cast)
    admin.post("/settings/users/new/", sent)
    response = admin.post("/settings/users/new/", sent | {"email": "other@example.com"})
    assert response.status_code == 422
    assert not User.objects.filter(email="other@example.com").exists()


def test_the_key_of_somebody_else_shows_nothing(sign_in: Any, cast: Any) -> None:
    sent = _user(cast)
    _admin(sign_in, cast).post("/settings/users/new/", sent)
    services.user_change(user=User.objects.get(pk=cast.li.pk), changes={"role": cast.admin.role}, by=cast.admin)
    response = sign_in(User.objects.get(pk=cast.li.pk)).post("/settings/users/new/", sent)
    assert response.status_code == 422
    assert not _shown(response)


@pytest.mark.django_db(transaction=True)
def test_eight_at_once_make_one_user_and_show_one_password(sign_in: Any, cast: Any) -> None:
    sent = _user(cast)
    clients = [sign_in(cast.admin) for _n in range(8)]
    answers = at_once(lambda turn: clients[turn].post("/settings/users/new/", sent), times=8)
    assert {answer.status_code for answer in answers} == {200}
    assert len({_shown(answer) for answer in answers}) == 1
    assert User.objects.filter(email="new@example.com").count() == 1


@pytest.mark.django_db(transaction=True)
def test_eight_forms_for_one_address_make_one_user_and_seven_sentences(sign_in: Any, cast: Any) -> None:
    clients = [sign_in(cast.admin) for _n in range(8)]
    answers = at_once(lambda turn: clients[turn].post("/settings/users/new/", _user(cast)), times=8)
    assert sorted(answer.status_code for answer in answers) == [200] + [422] * 7
    refused = next(answer for answer in answers if answer.status_code == 422)
    assert "Another user signs in with this address" in refused.content.decode()


@pytest.mark.django_db(transaction=True)
def test_eight_edits_to_one_address_take_it_once(sign_in: Any, cast: Any) -> None:
    people = [cast.wang, cast.li, cast.lead, cast.outsider, cast.manager, cast.agent, cast.auditor]

    def edit(turn: int) -> int:
        return clients[turn].post(urls[turn], forms[turn] | {"email": "one@example.com"}).status_code

    clients = [sign_in(cast.admin) for _n in people]
    urls = [f"/settings/users/{user.pk}/" for user in people]
    forms = [_opened(client, url) for client, url in zip(clients, urls, strict=True)]
    assert sorted(at_once(edit, times=len(people))) == [302] + [422] * (len(people) - 1)


@pytest.mark.django_db(transaction=True)
def test_teams_sent_at_once(sign_in: Any, cast: Any) -> None:
    clients = [sign_in(cast.admin) for _n in range(8)]
    one = {"name": "West", "parent": "", "idempotency_key": str(uuid.uuid4())}
    answers = at_once(lambda turn: clients[turn].post("/settings/teams/new/", one), times=8)
    assert {answer.status_code for answer in answers} == {302}
    others = at_once(lambda turn: clients[turn].post("/settings/teams/new/", {"name": "South", "parent": ""}), times=8)
    assert sorted(answer.status_code for answer in others) == [302] + [422] * 7
    urls = [f"/settings/teams/{team.pk}/" for team in (cast.east, cast.north)]
    forms = [_opened(clients[0], url) | {"name": "Centre"} for url in urls]
    renamed = at_once(lambda turn: clients[turn].post(urls[turn], forms[turn]), times=2)
    assert sorted(answer.status_code for answer in renamed) == [302, 422]
    assert Team.objects.filter(name__in=("West", "South", "Centre")).count() == 3
