"""A collaborator views, adds and changes; whose customer it is, who else works on it, whether it stays, others say."""

import pytest
from django.urls import reverse

from accounts.models import User
from accounts.scope import reach_of
from customers import selectors, services
from customers.models import Customer, CustomerShare
from followups.services import follow_up_create

pytestmark = pytest.mark.django_db
KEPT = ("customer.delete", "customer.assign", "customer.export", "contact.delete", "order.delete")
GIVEN = ("customer.view", "customer.change", "interaction.add", "order.add", "follow_up.add", "contact.change")


@pytest.fixture(params=["a share", "the service owner"])
def helper(request, cast, customer):
    """A lead of another team, by either way on 小王's customer."""
    User.objects.filter(pk=cast.outsider.pk).update(role=cast.lead.role)
    if request.param == "a share":
        services.customer_share(customer=customer, user=cast.outsider, by=cast.wang)
    else:
        Customer.objects.filter(pk=customer.pk).update(service_owner=cast.outsider)
    return User.objects.get(pk=cast.outsider.pk)


def reached(user, permission, customer):
    return Customer.objects.for_user(user, permission).filter(pk=customer.pk).exists()


def test_who_helps_works_on_the_file_and_does_not_decide_about_it(helper, customer, cast, sign_in):
    for permission in GIVEN:
        assert reached(helper, permission, customer), permission
    customer.refresh_from_db()
    for permission in ("customer.delete", "customer.assign"):
        assert not reached(helper, permission, customer), permission
        assert not reach_of(helper).holds(customer, permission)
        assert reached(cast.lead, permission, customer), "the owner's lead does"
    client = sign_in(helper)
    for page in ("customer_delete", "customer_transfer", "customer_share"):
        assert client.post(reverse(page, args=[customer.pk]), {"user": cast.li.pk}).status_code == 403
    form = client.get(reverse("customer_edit", args=[customer.pk])).context["form"]
    assert "service_owner" not in form.fields
    assert "/share/" not in client.get(reverse("customer", args=[customer.pk])).content.decode()


def test_a_share_gives_nothing_away(cast, customer):
    User.objects.filter(pk=cast.outsider.pk).update(role=cast.lead.role)
    services.customer_share(customer=customer, user=cast.outsider, by=cast.wang)
    colleague = User.objects.get(pk=cast.outsider.pk)
    assert [permission for permission in KEPT if reached(colleague, permission, customer)] == []


def test_a_collaborator_takes_back_their_own_entry(cast, customer, sign_in):
    services.customer_share(customer=customer, user=cast.outsider, by=cast.wang)
    entry = services.interaction_log(customer=customer, by=cast.outsider, kind="call", result="reached")
    sign_in(cast.outsider).post(reverse("interaction_undo", args=[entry.pk]))
    entry.refresh_from_db()
    assert entry.deleted_at


# --- a hand-over ends what the former owner allowed ------------------------------------------------------------------
@pytest.fixture
def helped(cast, customer):
    """小王's customer, shared with 小李 and served by the agent."""
    services.customer_share(customer=customer, user=cast.li, by=cast.wang)
    Customer.objects.filter(pk=customer.pk).update(service_owner=cast.agent)
    customer.refresh_from_db()
    return customer


def helpers(customer):
    stored = Customer.objects.get(pk=customer.pk)
    return stored.service_owner, [user.name for user in selectors.shares_of(stored)]


@pytest.mark.parametrize("way", ["page", "bulk", "api", "pool", "service"])
@pytest.mark.parametrize("keep", [False, True])
def test_another_team_ends_shares_and_a_foreign_service_owner_unless_ticked(way, keep, cast, helped, sign_in):
    client, pk, to = sign_in(cast.admin), helped.pk, "pool" if way == "pool" else cast.outsider.pk
    sent = {"to": to, "reason": "换组"} | ({"keep_shares": "on"} if keep else {})
    if way in ("page", "pool"):
        client.post(reverse("customer_transfer", args=[pk]), sent)
    elif way == "bulk":
        client.post(reverse("customers_assign"), {**sent, "ids": [pk], "confirm": "1"})
    elif way == "api":
        body = {"owner": to, "reason": "换组"} | ({"keep_shares": True} if keep else {})
        path = reverse("api:customer-assign", args=[pk])
        client.post(path, body, content_type="application/json", headers={"If-Match": "*"})
    else:
        services.customer_transfer(customer=helped, to=cast.outsider, by=cast.admin, keep_shares=keep)
    assert Customer.objects.get(pk=pk).owner_id != cast.wang.pk
    assert helpers(helped) == ((cast.agent, ["小李"]) if keep else (None, []))


def test_within_the_team_they_stay(cast, helped):
    services.customer_transfer(customer=helped, to=cast.li, by=cast.lead)
    assert helpers(helped) == (cast.agent, ["小李"])


def test_a_service_owner_of_the_new_team_stays(cast, helped):
    Customer.objects.filter(pk=helped.pk).update(service_owner=cast.outsider)
    services.customer_transfer(customer=helped, to=cast.outsider, by=cast.admin)
    assert helpers(helped) == (cast.outsider, [])


def test_a_share_that_comes_after_the_hand_over_is_refused(cast, customer):
    before = Customer.objects.get(pk=customer.pk)
    services.customer_transfer(customer=customer, to=cast.outsider, by=cast.admin)
    with pytest.raises(services.OwnerChangedError):
        services.customer_share(customer=before, user=cast.li, by=cast.wang)
    assert not CustomerShare.objects.exists()


def test_what_a_rep_makes_for_themselves_opens_no_file(cast, customer):
    """A follow-up of one's own is reached as such; the customer behind it isn't."""
    follow_up_create(customer=customer, assignee=cast.outsider, due_on=customer.created_at.date(), by=cast.lead)
    mine = Customer.objects.create(number="K9", name="乙", owner=cast.outsider, referred_by=customer)
    assert not reached(cast.outsider, "customer.view", customer)
    assert reached(cast.outsider, "customer.view", mine)
