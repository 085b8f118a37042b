"""Each quarter somebody says of each field of a file that it is still right, or puts it right; the file shows it."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.urls import reverse

from accounts.models import AuditEntry
from core import clock
from customers import services
from customers.models import (
    NEVER,
    Contact,
    Customer,
    CustomerFacts,
    DataSteward,
    How,
    Verification,
)
from customers.verification import reminding, rule
from customers.verification.selectors import files_to_verify
from followups.models import Notice

pytestmark = pytest.mark.django_db
ZONE = ZoneInfo("Asia/Shanghai")
MONDAY = datetime(2026, 11, 30, 9, tzinfo=ZONE)


@pytest.fixture(autouse=True)
def monday():
    with clock.standing_at(MONDAY):
        yield


@pytest.fixture
def old(customer):
    """小王's company, made half a year ago and never verified."""
    CustomerFacts.objects.get_or_create(customer=customer)
    Customer.objects.filter(pk=customer.pk).update(created_at=MONDAY - timedelta(days=180))
    Contact.objects.create(customer=customer, name="赵工", phone="13800138000")
    return Customer.objects.select_related("facts").get(pk=customer.pk)


def page_of(customer) -> str:
    return reverse("verification", args=[customer.pk])


def queue(client, **asked) -> list[int]:
    page = client.get(reverse("verification_list"), asked)
    assert page.status_code == 200
    return [row.pk for row in page.context["page"].rows]


def verify(customer, by, *fields: str, how: str = How.CALL):
    return services.fields_verify(customer=customer, fields=fields or ASKED, how=how, by=by)


ASKED = ("phone", "email", "address", "contact")


def test_a_file_is_due_a_quarter_after_it_was_made_and_again_after_each_verification(old, cast, sign_in):
    client = sign_in(cast.wang)
    assert queue(client) == [old.pk]
    verify(old, cast.wang, "phone", "email", "address")
    assert queue(client) == [old.pk], "one field is left"
    verify(old, cast.wang, "contact")
    assert queue(client) == []
    assert CustomerFacts.objects.get(pk=old.pk).verified_on == MONDAY.date()
    with clock.standing_at(MONDAY + timedelta(days=89)):
        assert queue(client) == []
    with clock.standing_at(MONDAY + timedelta(days=90)):
        assert queue(client) == [old.pk]
    Customer.objects.filter(pk=old.pk).update(created_at=MONDAY - timedelta(days=89))
    CustomerFacts.objects.filter(pk=old.pk).update(verified_on=NEVER)
    assert queue(client) == [], "too new to be asked for"


def test_one_tap_stamps_a_field_and_the_file_shows_it(old, cast, sign_in):
    client = sign_in(cast.wang)
    page = client.get(page_of(old)).content.decode()
    assert page.count("Still right") == len(ASKED)
    for _twice in range(2):
        assert client.post(page_of(old), {"right": "phone", "how": "visit"}).status_code == 302
    stamp = Verification.objects.get()
    assert (stamp.field, stamp.how, stamp.by, stamp.changed) == ("phone", "visit", cast.wang, False)
    shown = client.get(reverse("customer", args=[old.pk])).content.decode()
    assert "on a visit" in shown
    assert "Not verified: e-mail, address" in shown
    client.post(page_of(old), {"right": "all", "how": "document"})
    assert "Not verified" not in client.get(reverse("customer", args=[old.pk])).content.decode()
    line = AuditEntry.objects.filter(act="customer.verify").latest("pk")
    assert line.details == {"verified": ["address", "contact", "email"], "verified_how": "document"}
    assert client.post(page_of(old), {"right": "hobbies"}).status_code == 404


def test_a_field_is_put_right_and_stamped_at_once(old, cast, sign_in):
    client = sign_in(cast.wang)
    way = client.post(page_of(old), {"changed": "phone", "how": "message"})["Location"]
    assert way == reverse("verification_change", args=[old.pk, "phone"]) + "?how=message"
    form = client.get(way).context["form"]
    sent = {name: form[name].value() for name in form.fields}
    assert client.post(way, sent | {"phone": "13911112222"}).status_code == 302
    stamp = Verification.objects.get()
    assert (stamp.field, stamp.changed, stamp.how) == ("phone", True, "message")
    assert Customer.objects.get(pk=old.pk).phone == "13911112222"
    client.post(way, sent | {"phone": "13911112222", "version": old.version + 1})
    assert Verification.objects.count() == 1, "nothing was changed"


def test_a_stamp_counts_only_for_the_value_that_was_confirmed(old, cast):
    verify(old, cast.wang)
    assert set(rule.stamps_of(old.pk)) == set(ASKED)
    Customer.objects.filter(pk=old.pk).update(phone="13911112222")  # whatever the door
    assert set(rule.stamps_of(old.pk)) == set(ASKED) - {"phone"}

    assert verify(old, cast.wang, "email") == NEVER, "the new number is to be confirmed"
    assert "13911112222" not in str(Verification.objects.values())


def test_who_reads_a_field_masked_cant_confirm_it(old, cast, sign_in):
    client = sign_in(cast.admin)
    page = client.get(page_of(old)).content.decode()
    assert "13812345678" not in page
    assert "You read it masked." in page
    assert client.post(page_of(old), {"right": "phone"}).status_code == 404
    assert sign_in(cast.outsider).get(page_of(old)).status_code == 404
    assert sign_in(cast.auditor).get(page_of(old)).status_code == 403


def test_a_steward_works_on_files_of_others_as_far_as_the_role_reaches(old, cast, sign_in):
    """小李's role reaches own files alone; the lead's the team's."""
    assert queue(sign_in(cast.lead), tab="steward") == [], "no steward: the tab isn't there"
    for person, seen in ((cast.lead, [old.pk]), (cast.li, [])):
        services.steward_name(team=cast.east, user=person, by=cast.admin)
        assert queue(sign_in(person), tab="steward") == seen
    assert DataSteward.objects.count() == 1, "there is one at a time"
    services.steward_name(team=cast.north, user=cast.lead, by=cast.admin)
    assert queue(sign_in(cast.lead), tab="steward") == [], "of another team"
    services.steward_name(team=None, user=cast.manager, by=cast.admin)
    assert queue(sign_in(cast.manager), tab="steward") == [old.pk]
    assert queue(sign_in(cast.outsider)) == []


def test_people_are_reminded_once_a_week(old, cast):
    services.steward_name(team=cast.east, user=cast.lead, by=cast.admin)
    sunday = MONDAY.date() - timedelta(days=1)
    for _twice in range(2):
        assert reminding.remind(sunday) == {"reminded": 2}
    assert reminding.remind(MONDAY.date()) == {}
    told = {notice.user: notice for notice in Notice.objects.filter(kind=reminding.TO_VERIFY)}
    assert {person: notice.numbers for person, notice in told.items()} == {
        cast.wang: {"own": 1},
        cast.lead: {"steward": 1},
    }
    assert reminding.to_verify_said({"own": 2, "steward": 1}).startswith("2 files of yours are to be verified")
    row = rule.rules_row()
    services.verification_rules_change(row=row, changes={"reminds": False}, version=row.version, by=cast.admin)
    rule.verification_rules.forget()
    assert reminding.remind(sunday) == {}


def test_an_index_answers_whose_turn_it_is(old, cast):
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute("SET LOCAL enable_sort = off")
    rows = files_to_verify(cast.admin).order_by("facts__verified_on", "facts__pk")[:50]
    plan = rows.explain()
    assert "facts_by_verified" in plan
    assert "Index Cond" in plan.split("facts_by_verified")[1].splitlines()[1]


def test_how_often_and_what_is_set_with_history(old, cast, sign_in, django_capture_on_commit_callbacks):
    client, url = sign_in(cast.admin), reverse("verification_settings")
    form = client.get(url).context["form"]
    sent = {name: form[name].value() for name in ("version", "original")}
    with django_capture_on_commit_callbacks(execute=True):
        assert client.post(url, sent | {"every_days": "30", "asked": ["phone"], "reminds": "on"}).status_code == 302
    line = AuditEntry.objects.get(act="verification_rules.change")
    assert line.details["verification_every_days"] == [90, 30]
    page = client.get(url).content.decode()
    assert ">90</del>" in page
    assert cast.admin.name in page
    assert verify(old, cast.wang, "phone") == MONDAY.date(), "no other field is asked for"
    assert client.post(url, sent | {"every_days": "3", "asked": ["phone"]}).status_code == 422
    assert sign_in(cast.auditor).post(url, {"every_days": "3"}).status_code == 403
    assert client.get(reverse("steward_new")).status_code == 200
    services.steward_name(team=None, user=cast.manager, by=cast.admin)
    steward = DataSteward.objects.get()
    assert cast.manager.name in client.get(url).content.decode()
    client.post(reverse("steward_remove", args=[steward.pk]))
    assert not DataSteward.objects.exists()


def test_further_phones_and_emails_are_confirmed_as_one_list(old, cast, sign_in):
    assert "further_phones" not in rule.seals_of(old.pk), "nothing stands there"
    Customer.objects.filter(pk=old.pk).update(further_phones=["13900000001", "13900000002"], further_emails=["b@x.cn"])
    client = sign_in(cast.wang)
    assert "13900000001" in client.get(page_of(old)).content.decode()
    assert client.post(page_of(old), {"right": "further_phones", "how": "call"}).status_code == 302
    verify(old, cast.wang, "further_emails")
    assert {"further_phones", "further_emails"} <= set(rule.stamps_of(old.pk))
    assert "Further phones" in client.get(reverse("customer", args=[old.pk])).content.decode()
    Customer.objects.filter(pk=old.pk).update(further_phones=["13900000001"])
    assert "further_phones" not in rule.stamps_of(old.pk), "one went: to be confirmed anew"
    assert sign_in(cast.admin).post(page_of(old), {"right": "further_phones"}).status_code == 404, "read masked"


def test_a_company_may_ask_for_further_phones(old, cast, django_capture_on_commit_callbacks):
    row = rule.rules_row()
    with django_capture_on_commit_callbacks(execute=True):
        asked = {"asked": ["further_phones"]}
        services.verification_rules_change(row=row, changes=asked, version=row.version, by=cast.admin)
    assert not files_to_verify(cast.wang).exists()
    Customer.objects.filter(pk=old.pk).update(further_phones=["13900000001"])
    assert files_to_verify(cast.wang).get().pk == old.pk
    assert verify(old, cast.wang, "further_phones") == MONDAY.date()
