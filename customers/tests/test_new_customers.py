"""New customers: three things are needed, once however often sent, duplicates are said."""

import uuid
from threading import Barrier

import pytest
from django.urls import reverse

from accounts import audit
from accounts.limits import LimitReachedError
from accounts.models import AuditEntry
from conftest import set_number
from core.numbers import number
from customers import selectors, services
from customers.models import Channel, Contact, Customer, CustomerFacts
from tests.races import at_once


def typed(**more):
    channel = Channel.objects.get(code="website")
    base = {"kind": "company", "name": "新锐仪表", "channel": channel.pk, "phone": "138 0000 1111"}
    return {"idempotency_key": str(uuid.uuid4()), **base, **more}


def test_a_name_a_channel_and_a_phone_are_enough(cast, sign_in):
    answer = sign_in(cast.wang).post(reverse("customer_new"), typed(contact_name="赵工"))
    customer = Customer.objects.get()
    assert answer.status_code == 302
    assert (customer.owner, customer.team, customer.phone) == (cast.wang, cast.shanghai, "13800001111")
    assert CustomerFacts.objects.get(pk=customer.pk).tier == "unrated"
    assert (Contact.objects.get().name, Contact.objects.get().is_primary) == ("赵工", True)


@pytest.mark.parametrize("missing", ["name", "channel", "phone"])
def test_without_one_of_them_it_says_which(missing, cast, sign_in):
    answer = sign_in(cast.wang).post(reverse("customer_new"), typed(**{missing: ""}))
    assert answer.status_code == 422
    assert missing in answer.context["form"].errors
    assert not Customer.objects.exists()


def test_a_double_submit_makes_one_customer(cast, sign_in):
    client, sent = sign_in(cast.wang), typed()
    assert {client.post(reverse("customer_new"), sent).status_code for _turn in range(3)} == {302}
    assert Customer.objects.count() == 1


@pytest.fixture
def known(cast):
    return services.customer_create(by=cast.wang, owner=cast.wang, name="恒远机械", phone="13812345678")


def test_a_known_phone_number_is_said_once_and_may_be_saved_anyway(cast, known, sign_in):
    client, sent = sign_in(cast.wang), typed(phone="+86 138 1234 5678")
    first = client.post(reverse("customer_new"), sent)
    assert first.status_code == 422
    assert "恒远机械" in first.content.decode()
    assert Customer.objects.count() == 1
    assert client.post(reverse("customer_new"), {**sent, "anyway": "on"}).status_code == 302


def test_elsewhere_only_the_owner_is_named_and_on_record(cast, known, sign_in):
    text = sign_in(cast.outsider).post(reverse("customer_new"), typed(phone="13812345678")).content.decode()
    assert "小王" in text
    assert "恒远机械" not in text
    assert AuditEntry.objects.filter(act=selectors.HINT_ACT, by=cast.outsider).count() == 1


def test_asking_for_anybodys_number_ends_after_twenty_a_day(cast, known):
    for _turn in range(number("hints_a_day")):
        assert selectors.duplicates_of(cast.outsider, name="", phones=["13812345678"]).ask
    assert not selectors.duplicates_of(cast.outsider, name="", phones=["13812345678"]).ask


@pytest.mark.django_db(transaction=True)
def test_asking_many_times_at_once_asks_no_more(cast, known):
    before = number("hints_a_day") - 2
    for _turn in range(before):
        audit.record(selectors.HINT_ACT, by=cast.outsider, on=known)

    def ask(_turn: int) -> bool:
        return bool(selectors.duplicates_of(cast.outsider, name="", phones=["13812345678"]).ask)

    assert sum(at_once(ask, 8)) == 2


def test_a_reveal_needs_a_reason_and_is_written_down(cast, known, sign_in):
    client = sign_in(cast.admin)
    assert "13812345678" not in client.get(reverse("customer", args=[known.pk])).content.decode()
    assert client.post(reverse("customer_reveal", args=[known.pk]), {"reason": ""}).status_code == 422
    shown = client.post(reverse("customer_reveal", args=[known.pk]), {"reason": "客户来电核实"}).content.decode()
    assert "13812345678" in shown
    assert AuditEntry.objects.get(act="customer.reveal").details == {"reason": "客户来电核实"}


def test_reveals_are_limited_per_day(cast, known, monkeypatch):
    set_number("reveals_a_day", 2)
    for _turn in range(2):
        services.customer_reveal(customer=known, by=cast.admin, reason="x")
    with pytest.raises(LimitReachedError):
        services.customer_reveal(customer=known, by=cast.admin, reason="x")


@pytest.mark.django_db(transaction=True)
def test_reveals_at_once_stay_within_the_limit(cast, known, monkeypatch):
    set_number("reveals_a_day", 2)

    def reveal(_turn: int) -> bool:
        try:
            return bool(services.customer_reveal(customer=known, by=cast.admin, reason="x"))
        except LimitReachedError:
            return False

    assert sum(at_once(reveal, 8)) == 2


@pytest.mark.django_db(transaction=True)
def test_twin_counting_without_the_lock_lets_more_through(cast, known):
    """The guard off: eight count at the same moment, then eight write."""
    counted = Barrier(8)

    def reveal(_turn: int) -> bool:
        allowed = AuditEntry.objects.filter(act="customer.reveal", by=cast.admin).count() < 2
        counted.wait()
        audit.record("customer.reveal", by=cast.admin, on=known)
        return allowed

    assert sum(at_once(reveal, 8)) == 8
