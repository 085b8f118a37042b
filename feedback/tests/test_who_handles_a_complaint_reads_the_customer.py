"""Service agents read a customer in full while they handle a case that somebody else gave them, and by no other way."""

import pytest
from django.core.exceptions import ValidationError

from accounts.masking import masked
from accounts.models import AuditEntry, Role, User
from core.numbers import number
from customers.models import Contact, Customer
from customers.search import search_filter
from customers.services import tokens_refresh
from feedback import services

pytestmark = pytest.mark.django_db
PHONE, MAIL = "13812345678", "office@hengyuan.example.com"


@pytest.fixture
def colleague(cast):
    role = Role.objects.get(code="service_agent")
    return User.objects.create(name="客服乙", role=role, email="agent2@example.com", language="en")


def reads(user, customer):
    """Whether the file, a contact and the search show or find the whole phone and mail: all or nothing."""
    fresh = User.objects.get(pk=user.pk)
    contact, _made = Contact.objects.get_or_create(customer=customer, name="沈", phone=PHONE)
    tokens_refresh([customer.pk])
    seen = {
        masked(fresh, Customer.objects.get(pk=customer.pk)).phone == PHONE,
        masked(fresh, Contact.objects.select_related("customer").get(pk=contact.pk)).phone == PHONE,
        Customer.objects.for_user(fresh).filter(search_filter(fresh, MAIL)).exists(),
    }
    assert len(seen) == 1
    return seen.pop()


def hand(complaint, to, by):
    services.complaint_assign(complaint=complaint, to=to, by=by, version=complaint.version)


def test_only_who_owns_the_case_reads_and_only_while_it_is_open(take_in, customer, cast, colleague, bring_to):
    assert not reads(cast.agent, customer)
    complaint = take_in(owner=cast.agent)
    assert reads(cast.agent, customer)
    assert not reads(colleague, customer), "somebody else's case opens nothing"
    assert not reads(cast.admin, customer), "only the role that handles complaints"
    bring_to(complaint, "closed")
    assert not reads(cast.agent, customer)


def test_a_case_that_the_agent_took_in_opens_nothing_to_them(take_in, customer, cast, colleague):
    complaint = take_in(by=cast.agent, owner=cast.agent)
    assert not reads(cast.agent, customer)
    hand(complaint, colleague, cast.agent)
    hand(complaint, cast.agent, colleague)
    assert not reads(cast.agent, customer), "nor on the way back from a colleague"


def test_a_case_that_falls_to_who_took_it_in_opens_nothing(take_in, customer, cast):
    User.objects.filter(pk=cast.wang.pk).update(is_active=False)
    customer.refresh_from_db()
    assert take_in(by=cast.agent).owner == cast.agent
    assert not reads(cast.agent, customer)


@pytest.mark.parametrize("way", ["takes", "gives", "files for a colleague"])
def test_agents_who_give_cases_to_agents_reveal_on_record_and_so_often_a_day(take_in, cast, colleague, way):
    def once():
        if way == "files for a colleague":
            return take_in(by=cast.agent, owner=colleague)
        complaint = take_in(by=cast.wang if way == "takes" else cast.agent)
        hand(complaint, cast.agent if way == "takes" else colleague, cast.agent)
        return services.complaint_delete(complaint=complaint, by=cast.lead, version=complaint.version)

    once()
    noted = AuditEntry.objects.filter(act="customer.reveal", by=cast.agent)
    assert noted.count() == 1
    AuditEntry.objects.bulk_create(
        AuditEntry(act="customer.reveal", by=cast.agent) for _ in range(number("reveals_a_day") - 1)
    )
    with pytest.raises(ValidationError) as refused:
        once()
    assert "owner" in refused.value.message_dict


def test_an_agent_who_opens_a_closed_case_again_reveals_on_record(take_in, customer, cast, bring_to):
    complaint = bring_to(take_in(owner=cast.agent), "closed")
    noted = AuditEntry.objects.filter(act="customer.reveal", by=cast.agent)
    assert (noted.count(), reads(cast.agent, customer)) == (0, False)
    AuditEntry.objects.bulk_create(
        AuditEntry(act="customer.reveal", by=cast.agent) for _ in range(number("reveals_a_day") - 1)
    )
    agent = User.objects.get(pk=cast.agent.pk)
    services.complaint_move(complaint=complaint, to="reopened", by=agent, version=complaint.version)
    assert (noted.count(), reads(cast.agent, customer)) == (number("reveals_a_day"), True)
    another = bring_to(take_in(owner=cast.agent), "closed")
    services.complaint_delete(complaint=complaint, by=cast.lead, version=complaint.version)
    agent = User.objects.get(pk=cast.agent.pk)
    with pytest.raises(ValidationError):
        services.complaint_move(complaint=another, to="reopened", by=agent, version=another.version)


def test_who_reads_the_customer_anyway_gives_cases_away_freely(take_in, cast, colleague):
    hand(take_in(), cast.agent, cast.lead)
    given = take_in(owner=cast.agent)
    hand(given, colleague, User.objects.get(pk=cast.agent.pk))
    assert not AuditEntry.objects.filter(act="customer.reveal").exists()
