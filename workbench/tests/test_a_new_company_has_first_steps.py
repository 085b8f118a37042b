"""A new company is led through its first steps: once, by what the rows say, and only who sets it up."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import AuditEntry, User
from conftest import PASSWORD, Cast
from core import company, first_steps, jobs, memo
from core.models import Company
from customers.models import Channel, Customer

pytestmark = pytest.mark.django_db
URL = "/first-run/"
PHONE = "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 Chrome/128.0 Mobile Safari/537.36"


def _enter(person: User, agent: str = "", **sent: str) -> Any:
    """A sign-in through the page; a new person has never signed in before."""
    User.objects.filter(pk=person.pk).update(last_login=None)
    person.set_password(PASSWORD)
    person.save(update_fields=["password"])
    signing = {"username": person.email, "password": PASSWORD, **sent}
    return Client(headers={"User-Agent": agent}).post("/login/", signing)


def _done(client: Client) -> set[str]:
    return {line.step.key for line in client.get(URL).context["lines"] if line.done}


def test_the_first_sign_in_leads_there_and_the_second_to_today(cast: Cast) -> None:
    assert _enter(cast.admin).url == URL
    again = Client().post("/login/", {"username": cast.admin.email, "password": PASSWORD})
    assert again.url == reverse("today")


def test_a_deep_link_and_people_of_other_roles_go_on_as_ever(cast: Cast) -> None:
    assert _enter(cast.admin, next="/customers/").url == "/customers/"
    for person in (cast.wang, cast.auditor):
        assert _enter(person).url == reverse("today")


def test_after_the_first_password_it_leads_there_too(cast: Cast) -> None:
    User.objects.filter(pk=cast.admin.pk).update(must_change_password=True)
    client = Client()
    client.force_login(cast.admin, backend="accounts.backends.EmailOrMobileBackend")
    new = "another-long-password-of-mine"
    sent = client.post(reverse("password_first"), {"new_password1": new, "new_password2": new})
    assert sent.url == URL


@pytest.mark.parametrize("of", [{"is_demo": True}, {"first_steps_closed_at": "2026-01-01T00:00Z"}])
def test_a_demo_and_a_company_at_work_lead_nobody(cast: Cast, sign_in: Any, of: dict[str, Any]) -> None:
    Company.objects.filter(pk=company.company().pk).update(**of)
    company.forget()
    assert _enter(cast.admin).url == reverse("today")
    assert "first-steps" not in sign_in(cast.admin).get("/").content.decode()


def test_today_counts_what_is_done_and_other_pages_lead_back(cast: Cast, sign_in: Any) -> None:
    admin = sign_in(cast.admin)
    assert "First steps: 1 of " in admin.get("/").content.decode()  # colleagues are there
    assert "Back to the first steps" in admin.get("/imports/").content.decode()
    assert "Back to the first steps" not in admin.get(URL).content.decode()
    for page in ("/", "/imports/"):
        assert "first-steps" not in sign_in(cast.wang).get(page).content.decode()


def test_only_rows_say_that_a_step_is_done(cast: Cast, sign_in: Any, customer: Customer) -> None:
    admin = sign_in(cast.admin)
    assert _done(admin) == {"colleagues", "customers"}
    Company.objects.update(name="恒远")
    assert _done(admin) == {"colleagues", "customers", "company"}
    Customer.objects.all().delete()
    User.objects.exclude(pk=cast.admin.pk).update(is_active=False)
    assert _done(admin) == {"company"}


def test_a_sign_in_from_a_phone_is_on_record_and_one_from_a_desk_is_not(cast: Cast, sign_in: Any) -> None:
    _enter(cast.wang)
    assert "phone" not in _done(sign_in(cast.admin))
    _enter(cast.wang, agent=PHONE)
    assert "phone" in _done(sign_in(cast.admin))
    assert AuditEntry.objects.filter(act="sign_in").latest("pk").details["phone"] is True


def test_the_list_is_put_away_and_taken_out_again_on_record(cast: Cast, sign_in: Any) -> None:
    admin = sign_in(cast.admin)
    for page, is_open in (("first_steps_close", False), ("first_steps_close", False), ("first_steps_reopen", True)):
        admin.post(reverse(page))
        memo.forget_all()
        assert first_steps.are_open() is is_open
        assert ("first-steps" in admin.get("/imports/").content.decode()) is is_open
    acts = AuditEntry.objects.filter(act__startswith="company.").order_by("pk").values_list("act", flat=True)
    assert list(acts) == ["company.first_steps_close", "company.first_steps_reopen"]


def test_a_finished_list_leads_nobody_back(cast: Cast, sign_in: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(first_steps, "done", lambda: dict.fromkeys(first_steps.registry().first_steps, True))
    admin = sign_in(cast.admin)
    assert "first-steps" not in admin.get("/imports/").content.decode()
    assert "The book is open" in admin.get(URL).content.decode()


def test_one_customer_is_written_down_with_three_entries(cast: Cast, sign_in: Any) -> None:
    admin = sign_in(cast.admin)
    form = admin.get(URL).context["form"]
    channel = Channel.objects.first()
    sent = {"name": "王芳", "phone": "139 0013 8000", "channel": str(channel.pk if channel else 0), "kind": "person"}
    sent["idempotency_key"] = str(form["idempotency_key"].value())
    for _twice in range(2):
        answer = admin.post(URL, sent)
        assert answer.url == URL
    made = Customer.objects.get()
    assert (made.name, made.kind, made.owner, made.phone) == ("王芳", "person", cast.admin, "13900138000")
    refused = admin.post(URL, {"name": "", "phone": "139", "kind": "person"})
    assert refused.status_code == 422
    assert set(refused.context["form"].errors) == {"name", "phone", "channel"}
    asked = admin.post(URL, sent | {"idempotency_key": ""})
    assert "already have this customer" in asked.content.decode()
    assert Customer.objects.count() == 1


def test_without_both_kinds_nobody_is_asked_for_the_kind(cast: Cast, sign_in: Any) -> None:
    Company.objects.update(sells_to="persons")
    company.forget()
    assert "kind" not in sign_in(cast.admin).get(URL).context["form"].fields


def test_work_that_ends_while_the_page_is_drawn_is_seen_in_the_end(
    cast: Cast, sign_in: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever draws the list while the last job ends shows either that it is done or that it is asked for again."""
    ended: list[bool] = []  # by the second question
    every = first_steps.registry().first_steps

    def has_ended() -> bool:
        ended.append(True)
        return len(ended) > 1

    monkeypatch.setattr(first_steps, "done", lambda: dict.fromkeys(every, False) | {"night": has_ended()})
    monkeypatch.setattr(jobs, "progress_of", lambda day: None if has_ended() else jobs.Progress(6, 7))
    page = sign_in(cast.admin).get(URL)
    assert page.context["at_work"] or "night" in {line.step.key for line in page.context["lines"] if line.done}
    monkeypatch.setattr(jobs, "progress_of", lambda day: None)
    assert not sign_in(cast.admin).get(URL).context["at_work"]
