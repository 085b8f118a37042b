"""Complaints are deleted by leads, never by the people they are about, and can be brought back."""

import pytest
from django.urls import reverse

from accounts.models import AuditEntry
from customers import services as customers
from customers.models import Customer, CustomerFacts
from feedback import selectors, services
from feedback.models import Complaint

pytestmark = pytest.mark.django_db


def open_complaints(complaint):
    return CustomerFacts.objects.get(pk=complaint.customer_id).open_complaints


def delete(client, complaint, way):
    if way == "page":
        return client.post(reverse("complaint_delete", args=[complaint.pk])).status_code
    address = reverse("api:complaint-detail", args=[complaint.pk])
    return client.delete(address, headers={"If-Match": "*"}).status_code


@pytest.mark.parametrize("way", ["page", "api"])
@pytest.mark.parametrize("who", ["wang", "agent", "auditor"])
def test_reps_and_agents_delete_no_complaint(who, way, take_in, cast, sign_in):
    complaint = take_in(owner=cast.agent)
    assert delete(sign_in(getattr(cast, who)), complaint, way) == 403
    assert Complaint.objects.filter(pk=complaint.pk).exists()


@pytest.mark.parametrize("way", ["page", "api"])
@pytest.mark.parametrize("part", ["owner", "service_owner", "handler"])
@pytest.mark.parametrize("who", ["lead", "admin"])
def test_nobody_deletes_a_complaint_about_their_own_work(who, part, way, take_in, cast, customer, sign_in):
    person = getattr(cast, who)
    if part != "handler":
        Customer.objects.filter(pk=customer.pk).update(**{part: person})
    complaint = take_in(owner=person if part == "handler" else cast.li)
    assert delete(sign_in(person), complaint, way) == 403


def test_handing_it_on_first_changes_nothing(take_in, cast, customer, sign_in):
    customers.customer_transfer(customer=customer, to=cast.lead, by=cast.manager)
    complaint = take_in(owner=cast.li)
    customers.customer_transfer(customer=customer, to=cast.wang, by=cast.lead)
    assert delete(sign_in(cast.lead), complaint, "page") == 403
    other = take_in(owner=cast.lead)
    services.complaint_assign(complaint=other, to=cast.wang, by=cast.lead, version=other.version)
    assert delete(sign_in(cast.lead), other, "api") == 403
    assert delete(sign_in(cast.manager), other, "api") == 204


@pytest.mark.parametrize("way", ["page", "api"])
def test_a_lead_deletes_and_restores_and_the_figures_follow(way, take_in, cast, sign_in):
    complaint, client = take_in(), sign_in(cast.lead)
    assert delete(client, complaint, way) in (302, 204)
    assert (open_complaints(complaint), selectors.figures(cast.lead).received) == (0, 0)
    listed = reverse("complaint_bin" if way == "page" else "api:complaint-binned")
    assert complaint.number in client.get(listed).content.decode()
    back = reverse("complaint_restore" if way == "page" else "api:complaint-restore", args=[complaint.pk])
    assert client.post(back).status_code in (302, 200)
    assert (open_complaints(complaint), selectors.figures(cast.lead).received) == (1, 1)
    assert complaint.number not in client.get(listed).content.decode()
    assert client.post(back).status_code == 404, "it isn't in the bin any more"
    acts = AuditEntry.objects.filter(object_id=complaint.pk, act__in=("complaint.delete", "complaint.restore"))
    assert acts.count() == 2


def test_who_sees_the_bin(take_in, cast, sign_in):
    complaint = take_in()
    services.complaint_delete(complaint=complaint, by=cast.lead, version=complaint.version)
    assert [who for who in ("lead", "manager", "admin") if selectors.binned_for(getattr(cast, who)).exists()] == [
        "lead",
        "manager",
        "admin",
    ]
    for who in ("wang", "agent", "auditor"):
        assert sign_in(getattr(cast, who)).get(reverse("complaint_bin")).status_code == 403


def test_a_rep_does_not_make_a_complaint_vanish_with_its_customer(take_in, cast, customer, sign_in):
    complaint = take_in()
    delete_customer = reverse("api:customer-detail", args=[customer.pk])
    answer = sign_in(cast.wang).delete(delete_customer, headers={"If-Match": "*"})
    assert answer.status_code == 409
    assert "open complaint" in answer.json()["detail"]
    sign_in(cast.wang).post(reverse("customer_delete", args=[customer.pk]))
    assert Complaint.objects.filter(pk=complaint.pk).exists()
    customers.customer_delete(customer=customer, by=cast.lead)
