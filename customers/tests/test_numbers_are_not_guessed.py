"""Searching for whole phone numbers completes masked ones: on record and limited for those who read masked."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import AuditEntry
from core import clock
from core.numbers import number
from customers import selectors, services
from customers.models import Customer
from customers.search import GUESSES
from tests.races import at_once

pytestmark = pytest.mark.django_db
PHONE = "13912344321"


@pytest.fixture
def file(cast):
    return services.customer_create(by=cast.wang, owner=cast.wang, name="恒远", phone=PHONE)


def asked_before(user, times):
    AuditEntry.objects.bulk_create(AuditEntry(act=GUESSES.audit_act, by=user) for _ in range(times))


def guesses(user):
    return AuditEntry.objects.filter(act=GUESSES.audit_act, by=user).count()


DOORS = {
    "list": lambda q: (reverse("customer_list"), {"q": q}),
    "palette": lambda q: (reverse("search"), {"q": q}),
    "api": lambda q: (reverse("api:customer-list"), {"search": q}),
    "log": lambda q: (reverse("interaction_new"), {"q": q}),
    "order": lambda q: (reverse("order_new"), {"q": q}),
    "complaint": lambda q: (reverse("complaint_new"), {"q": q}),
    "follow-up": lambda q: (reverse("follow_up_new"), {"q": q}),
}


@pytest.mark.parametrize("door", DOORS)
def test_every_search_counts_and_ends_with_a_sentence(door, file, cast, sign_in):
    client = sign_in(cast.admin)
    address, query = DOORS[door](PHONE)
    assert client.get(address, query).status_code == 200
    assert guesses(cast.admin) == 1
    asked_before(cast.admin, number("phone_searches_an_hour") - 1)
    answer = client.get(address, query)
    assert answer.status_code == 429
    assert int(answer.headers["Retry-After"]) > 3000
    assert "Search by name" in answer.content.decode()
    for harmless in ("恒远", "4321", file.number, "139123"):
        address, query = DOORS[door](harmless)
        assert client.get(address, query).status_code == 200


def test_a_search_of_the_api_says_it_as_a_problem(file, cast, sign_in):
    asked_before(cast.agent, number("phone_searches_an_hour"))
    answer = sign_in(cast.agent).get(reverse("api:customer-list"), {"search": PHONE})
    assert (answer.status_code, answer["Content-Type"]) == (429, "application/problem+json")


@pytest.mark.parametrize(
    "spelling", ["139-1234-4321", "+86 139 1234 4321", "１３９１２３４４３２１", "x13912344321", "恒远 13912344321"]
)
def test_no_spelling_of_a_number_goes_uncounted(spelling, file, cast, sign_in):
    sign_in(cast.auditor).get(reverse("customer_list"), {"q": spelling})
    assert guesses(cast.auditor) == 1


def test_who_reads_what_they_find_in_full_searches_freely(file, cast, sign_in):
    for who in (cast.wang, cast.lead, cast.manager):
        assert sign_in(who).get(reverse("customer_list"), {"q": PHONE}).status_code == 200
    assert not AuditEntry.objects.filter(act=GUESSES.audit_act).exists()


def test_a_customer_number_of_digits_is_no_guess(file, cast, sign_in):
    Customer.objects.filter(pk=file.pk).update(number="20260001234")
    services.tokens_refresh([file.pk])
    sign_in(cast.agent).get(reverse("customer_list"), {"q": "20260001234"})
    assert guesses(cast.agent) == 0


def test_who_names_a_customer_by_digits_guesses_nothing_for_free(file, cast, sign_in):
    """Named like that, they would be asked for without being counted, as often as somebody likes."""
    own = services.customer_create(by=cast.agent, owner=cast.agent, name=f"{PHONE} 13900000000")
    found = selectors.customers_found(cast.agent, PHONE)
    assert (list(found), guesses(cast.agent)) == ([own], 0)
    assert selectors.duplicates_of(cast.agent, name="", phones=[PHONE]).in_reach == [file]
    assert guesses(cast.agent) == 1
    assert list(selectors.customers_found(cast.wang, PHONE)) == [file]


def test_an_hour_later_it_goes_on(file, cast, sign_in, monkeypatch):
    asked_before(cast.agent, number("phone_searches_an_hour"))
    later = clock.now() + timedelta(minutes=61)
    monkeypatch.setattr(clock, "now", lambda: later)
    assert selectors.customers_found(cast.agent, PHONE).exists()


@pytest.mark.parametrize("who", ["agent", "wang"])
def test_the_hint_at_duplicates_is_no_way_to_guess(who, file, cast):
    """For a rep of another team the file of 小王 is out of reach, and one of the pool is shown masked."""
    user = getattr(cast, who)
    Customer.objects.filter(pk=file.pk).update(owner=None, team=None)
    assert selectors.duplicates_of(user, name="", phones=[PHONE]).in_reach
    assert guesses(user) == 1
    asked_before(user, number("phone_searches_an_hour"))
    assert not selectors.duplicates_of(user, name="", phones=[PHONE])
    assert selectors.duplicates_of(user, name="恒远", phones=[PHONE]).in_reach


@pytest.mark.django_db(transaction=True)
def test_of_several_at_once_none_slips_through(file, cast):
    asked_before(cast.agent, number("phone_searches_an_hour") - 2)

    def ask(turn: int) -> bool:
        client = Client()
        client.force_login(cast.agent, backend="accounts.backends.EmailOrMobileBackend")
        return client.get(reverse("search"), {"q": PHONE}).status_code == 200

    assert sum(at_once(ask, 6)) == 2
