"""An invitation is a link with which a new colleague chooses a password: once, for a week, revocable."""

import uuid
from datetime import timedelta
from threading import Barrier

import pytest
import time_machine
from django.conf import settings
from django.core import mail
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts import services
from accounts.models import AuditEntry, Invitation, Role, User
from accounts.tests.helpers import is_signed_in
from conftest import PASSWORD
from core import dispatcher
from core.models import OutboxMail
from tests.races import at_once

pytestmark = pytest.mark.django_db
CHOSEN = "vier-kleine-Boote-am-Ufer"


@pytest.fixture
def newcomer(cast):
    role = Role.objects.get(code="rep")
    user, _ = services.user_create(
        name="+8613800138001", mobile="+8613800138001", role=role, by=cast.admin, password=None
    )
    return user


def path_of(invitation):
    return services.link_of(invitation).removeprefix(settings.BASE_URL)


def accept(link, **fields):
    client = Client()
    client.get(link)
    data = {"name": "张三", "new_password1": CHOSEN, "new_password2": CHOSEN, **fields}
    return client, client.post(reverse("invitation", args=["new"]), data)


def test_the_person_names_itself_chooses_a_password_and_is_in(cast, newcomer):
    link = path_of(services.user_invite(user=newcomer, by=cast.admin))
    client = Client()
    moved = client.get(link)
    assert moved.status_code == 302
    assert moved.url == reverse("invitation", args=["new"]), "no log and no Referer keeps the token"
    page = client.get(moved.url)
    assert page.context["form"]["name"].value() == "", "a number is no name to keep"
    client, answer = accept(link)
    assert answer.status_code == 302
    assert (answer.url, is_signed_in(client)) == ("/", True)
    newcomer.refresh_from_db()
    assert newcomer.name == "张三"
    assert newcomer.check_password(CHOSEN)
    assert AuditEntry.objects.filter(act="user.accept", by=newcomer).count() == 1
    assert Client().get(link).status_code == 410, "it works once"


@pytest.mark.django_db(transaction=True)
def test_of_two_at_once_the_first_stands(cast, newcomer, monkeypatch):
    link = path_of(services.user_invite(user=newcomer, by=cast.admin))
    clients = [Client(), Client()]
    for client in clients:
        client.get(link)
    both_found_it, find = Barrier(2, timeout=10), services.invitation_for

    def found(token):
        invitation = find(token)
        both_found_it.wait()
        return invitation

    monkeypatch.setattr(services, "invitation_for", found)

    def send(turn):
        chosen = f"{CHOSEN}-{turn}"
        data = {"name": f"张{turn}", "new_password1": chosen, "new_password2": chosen}
        return clients[turn].post(reverse("invitation", args=["new"]), data).status_code

    answers = at_once(send, 2)
    assert sorted(answers) == [302, 410]
    first = answers.index(302)
    newcomer.refresh_from_db()
    assert newcomer.name == f"张{first}"
    assert newcomer.check_password(f"{CHOSEN}-{first}")
    assert AuditEntry.objects.filter(act="user.accept").count() == 1


def test_weak_passwords_are_refused_and_the_link_stays(cast, newcomer):
    link = path_of(services.user_invite(user=newcomer, by=cast.admin))
    _client, answer = accept(link, new_password1="123456789012", new_password2="123456789012")
    assert answer.status_code == 422
    assert accept(link)[1].status_code == 302


def test_a_link_ends_by_time_by_hand_by_a_new_one_and_with_the_account(cast, newcomer):
    def invite():
        return path_of(services.user_invite(user=newcomer, by=cast.admin))

    late = invite()
    with time_machine.travel(timezone.now() + timedelta(days=7, minutes=1)):
        assert Client().get(late).status_code == 410
    newer = invite()
    assert Client().get(late).status_code == 410
    services.invitation_revoke(user=newcomer, by=cast.admin)
    assert Client().get(newer).status_code == 410
    last = invite()
    services.user_deactivate(user=newcomer, by=cast.admin)
    assert Client().get(last).status_code == 410
    services.user_activate(user=newcomer, by=cast.admin)
    services.user_password_renew(user=newcomer, by=cast.admin)
    assert Client().get(last).status_code == 410, "a temporary password takes its place"


def test_who_has_signed_in_keeps_the_own_password(sign_in, cast, newcomer):
    User.objects.filter(pk=cast.wang.pk).update(last_login=timezone.now())
    page = sign_in(cast.admin)
    assert page.post(reverse("user_invite", args=[cast.wang.pk])).status_code == 302
    cast.wang.refresh_from_db()
    assert cast.wang.check_password(PASSWORD)
    shown = page.post(reverse("user_invite", args=[newcomer.pk]))
    assert services.link_of(Invitation.objects.get(user=newcomer)) in shown.content.decode()
    text = page.get(reverse("user_list")).content.decode()
    assert "Invited" in text
    assert page.post(reverse("user_uninvite", args=[newcomer.pk])).status_code == 302
    assert not Invitation.objects.exists()


def test_the_database_alone_lets_nobody_in(cast, newcomer):
    token = path_of(services.user_invite(user=newcomer, by=cast.admin)).split("/")[2]
    with connection.cursor() as cursor:
        cursor.execute("SELECT row_to_json(i)::text FROM accounts_invitation i")
        [(row,)] = cursor.fetchall()
    assert token not in row


def test_it_goes_by_mail_where_there_is_an_address(cast, newcomer, settings):
    User.objects.filter(pk=newcomer.pk).update(email="zhang@example.com")
    newcomer.refresh_from_db()
    settings.EMAIL_CONFIGURED = True
    invitation = services.user_invite(user=newcomer, by=cast.admin)
    queued = OutboxMail.objects.get(kind="invitation")
    assert services.link_of(invitation) not in queued.body, "the table holds no link"
    dispatcher.dispatch()
    [sent] = mail.outbox
    assert services.link_of(invitation) in sent.body


def test_a_new_user_is_invited_unless_a_password_is_wanted(sign_in, cast):
    page = sign_in(cast.admin)
    data = {"name": "张三", "mobile": "13800138001", "role": cast.wang.role_id, "idempotency_key": str(uuid.uuid4())}
    assert page.get(reverse("user_new")).context["form"]["way_in"].value() == "invitation"
    first = page.post(reverse("user_new"), data | {"way_in": "invitation"})
    again = page.post(reverse("user_new"), data | {"way_in": "invitation"})
    link = services.link_of(Invitation.objects.get(user__mobile="+8613800138001"))
    assert link in first.content.decode()
    assert link in again.content.decode()


def test_a_new_role_ends_the_link_that_somebody_was_given_for_another(newcomer, cast):
    """Else whoever invited a rep walks in as the administrator that an owner made of them."""
    path = path_of(services.user_invite(user=newcomer, by=cast.admin))
    services.user_change(user=newcomer, changes={"name": "新人"}, by=cast.admin)
    assert Client().get(path).status_code == 302
    services.user_change(user=newcomer, changes={"role": Role.objects.get(code="manager")}, by=cast.admin)
    assert Client().get(path).status_code == 410


def test_a_new_role_ends_a_temporary_password_that_was_not_used(cast):
    rep, lead = Role.objects.get(code="rep"), Role.objects.get(code="team_lead")
    user, password = services.user_create(
        name="新人", mobile="+8613800138001", role=rep, by=cast.admin, password="a-temporary-password"
    )
    services.user_change(user=user, changes={"role": lead}, by=cast.admin)
    user.refresh_from_db()
    assert not user.check_password(password)
    services.user_change(user=cast.wang, changes={"role": lead}, by=cast.admin)
    cast.wang.refresh_from_db()
    assert cast.wang.check_password(PASSWORD), "an own password stays"
