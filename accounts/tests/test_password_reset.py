"""S6: the reset link comes by mail, names our own host, works once, for 60 minutes, and only for this account."""

import re
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.conf import LazySettings
from django.core import mail
from django.test import Client

from accounts import services
from accounts.models import AuditEntry, User
from accounts.tests.helpers import is_signed_in, sign_in_by_form, text_of
from core import clock, dispatcher, outbox
from core.models import OutboxMail
from core.tests.smtp_sink import smtp_sink

pytestmark = pytest.mark.django_db
FRESH = "nine quiet rivers at night"


def _ask(name: str = "wang@example.com", **more: Any) -> Any:
    return Client().post("/password/reset/", {"username": name}, **more)


def _link() -> str:
    mail = OutboxMail.objects.filter(kind="password_reset").latest("id")
    return re.search(r"https?://\S+", outbox.text_to_send(mail)).group()


def _open(link: str) -> tuple[Client, Any]:
    client = Client()
    return client, client.get("/" + link.split("//", 1)[1].partition("/")[2], follow=True)


def _set(client: Client, page: Any, password: str = FRESH) -> Any:
    return client.post(page.request["PATH_INFO"], {"new_password1": password, "new_password2": password})


def test_the_link_sets_a_password_and_signs_nobody_in(cast: Any) -> None:
    _ask()
    client, page = _open(_link())
    assert _set(client, page).headers["Location"] == "/login/"
    assert not is_signed_in(client)
    assert sign_in_by_form(Client(), "wang@example.com", FRESH).status_code == 302
    assert AuditEntry.objects.filter(act="password.reset", object_id=cast.wang.pk).exists()


def test_the_working_token_stands_in_no_address_that_pages_are_sent_from(cast: Any) -> None:
    _ask()
    _client, page = _open(_link())
    assert page.request["PATH_INFO"].endswith("/new/")


def test_the_host_comes_from_the_settings(cast: Any, settings: LazySettings) -> None:
    settings.ALLOWED_HOSTS = ["*"]
    _ask(headers={"Host": "evil.example", "X-Forwarded-Host": "evil.example"})
    assert _link().startswith(settings.BASE_URL + "/password/reset/")
    assert "evil" not in outbox.text_to_send(OutboxMail.objects.latest("id"))


def test_a_foreign_host_is_refused(cast: Any) -> None:
    assert _ask(headers={"Host": "evil.example"}).status_code == 400


def _is_dead(link: str) -> bool:
    return _open(link)[1].status_code == 410


def test_it_works_once(cast: Any) -> None:
    _ask()
    link = _link()
    _set(*_open(link))
    assert _is_dead(link)


def test_it_dies_after_an_hour(cast: Any) -> None:
    _ask()
    link = _link()
    with time_machine.travel(timedelta(minutes=59)):
        assert not _is_dead(link)
    with time_machine.travel(timedelta(minutes=61)):
        assert _is_dead(link)


def test_the_open_form_dies_with_it(cast: Any) -> None:
    _ask()
    client, page = _open(_link())
    with time_machine.travel(timedelta(minutes=61)):
        assert _set(client, page).status_code == 410


def test_it_dies_with_a_new_address_a_sign_in_or_a_deactivation(cast: Any) -> None:
    acts = (
        lambda: User.objects.filter(pk=cast.wang.pk).update(email="else@example.com"),
        lambda: sign_in_by_form(Client(), "else@example.com"),
        lambda: services.user_deactivate(user=cast.wang, by=cast.admin),
    )
    for number, act in enumerate(acts):
        OutboxMail.objects.all().delete()
        _ask("wang@example.com" if number == 0 else "else@example.com")
        link = _link()
        act()
        assert _is_dead(link), number


def test_it_dies_with_a_user_deleted_and_made_again(cast: Any) -> None:
    _ask()
    link, pk = _link(), cast.wang.pk
    User.objects.filter(pk=pk).delete()
    User.objects.create_user(pk=pk, email="wang@example.com", password="another one", name="小王", role=cast.li.role)
    assert _is_dead(link)


def test_a_token_of_one_account_opens_no_other(cast: Any) -> None:
    _ask()
    own = _link()
    _ask("li@example.com")
    uid = _link().split("/")[-3]
    assert _is_dead("/".join([*own.split("/")[:-3], uid, own.split("/")[-2], ""]))


@pytest.mark.parametrize("uid", ["x", "0", "MQ", "////", "OTk5OTk5OTk5OTk5OTk5OTk5OTk5OTk5OTk5"])
def test_broken_links_are_answered_politely(db: None, uid: str) -> None:
    assert Client().get(f"/password/reset/{uid}/abc-def/").status_code in (404, 410)


def test_the_answer_is_the_same_for_unknown_names_and_no_mail_is_written(cast: Any) -> None:
    known, unknown = _ask(), _ask("nobody@example.com")
    assert (known.status_code, known.headers["Location"]) == (unknown.status_code, unknown.headers["Location"])
    assert OutboxMail.objects.count() == 1


def test_one_mail_in_five_minutes_and_twenty_requests_an_hour_per_address(cast: Any) -> None:
    for _n in range(3):
        _ask()
    assert OutboxMail.objects.count() == 1
    codes = [_ask("nobody@example.com").status_code for _n in range(20)]
    assert codes == [302] * 17 + [429] * 3
    assert _ask("li@example.com").headers["Retry-After"]
    assert OutboxMail.objects.count() == 1
    assert AuditEntry.objects.filter(act="password.reset_request").count() == 1  # folded: the log only grows


def test_the_mail_is_in_the_language_of_the_person_and_says_how_long(cast: Any) -> None:
    _ask()
    mail = OutboxMail.objects.get()
    assert "60 minutes" in mail.body
    assert mail.address == "wang@example.com"


def test_who_has_only_a_mobile_number_gets_the_same_answer(cast: Any) -> None:
    User.objects.filter(pk=cast.wang.pk).update(email=None, mobile="+8613800138000")
    assert text_of(Client().post("/password/reset/", {"username": "13800138000"}, follow=True))
    assert OutboxMail.objects.count() == 0


def test_a_mail_that_is_late_by_the_life_of_its_link_is_not_sent(cast: Any) -> None:
    with time_machine.travel(clock.now() - timedelta(minutes=61), tick=False):
        _ask()
    assert dispatcher.dispatch() == {"cancelled": 1}
    assert not mail.outbox


# --- where the link stands -------------------------------------------------------------------------------------------
def test_the_link_goes_out_and_never_lies_in_the_table(cast: Any) -> None:
    """Not before it is sent and not after, so that who reads the table or a copy of it gets into no account."""
    _ask()
    with smtp_sink() as sink:
        assert "password/reset" not in OutboxMail.objects.get().body
        assert dispatcher.dispatch() == {"sent": 1}
    link = re.search(r"https?://\S+", sink.taken[0].get_content()).group()
    assert "password/reset" not in str(OutboxMail.objects.values().get())
    assert _set(*_open(link)).status_code == 302


def test_sent_again_after_a_crash_it_is_the_same_mail_with_a_link_that_works(cast: Any) -> None:
    _ask()
    (mail,) = dispatcher.claim("killed")
    with smtp_sink() as sink:
        OutboxMail.objects.update(next_try_at=mail.due_at, phase="data")
        dispatcher.dispatch()
    assert sink.taken[0]["Message-ID"] == mail.message_id
    assert not _is_dead(re.search(r"https?://\S+", sink.taken[0].get_content()).group())


def test_it_goes_to_no_address_that_the_account_has_lost(cast: Any) -> None:
    _ask()
    User.objects.filter(pk=cast.wang.pk).update(email="new@example.com")
    with smtp_sink() as sink:
        assert dispatcher.dispatch() == {"cancelled": 1}
    assert not sink.taken
