"""A row in hand, a list and a sentence about people give one answer: holds as for_user, relation as where."""

from itertools import product
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db.models import Model

from accounts import policy
from accounts.models import RoleGrant, Team, User
from accounts.scope import ALL, NOBODY, reach_of
from core import clock
from core.contributions import registry
from customers.models import Contact, Customer, CustomerShare, Interaction
from feedback.models import Complaint
from feedback.services import complaint_create
from followups.models import FollowUp
from followups.services import follow_up_create

pytestmark = pytest.mark.django_db
EVERYBODY = ("wang", "li", "lead", "outsider", "manager", "agent", "auditor", "admin")
RELATED = {"customer": Customer, "contact": Contact, "interaction": Interaction, "follow_up": FollowUp}


@pytest.fixture
def rows(cast: Any) -> dict[type[Model], list[Any]]:
    """Customers of everybody and nobody, shared, served and handled ones, each with rows of its own."""
    files = [
        Customer.objects.create(number=f"K{n}", name=f"K{n}", owner=owner, service_owner=served_by)
        for n, (owner, served_by) in enumerate(product((cast.wang, cast.outsider, None), (None, cast.li, cast.lead)))
    ]
    for shared in (files[5], files[6]):
        CustomerShare.objects.create(customer_id=shared.pk, user=cast.wang)
    complaint_create(customer=files[4], by=cast.admin, owner=cast.agent, text="x", severity="normal", category="other")
    for customer in files:
        Contact.objects.create(customer=customer, name="X")
        Interaction.objects.create(customer=customer, kind="call", result="reached", occurred_at=clock.now())
        follow_up_create(customer=customer, assignee=cast.outsider, due_on=clock.business_date(), by=cast.admin)
    return {model: list(model.objects.order_by("pk")) for model in RELATED.values()}


def fresh(user: User) -> User:
    return User.objects.select_related("role", "team").get(pk=user.pk)


@pytest.mark.parametrize("who", EVERYBODY)
def test_a_row_in_hand_is_held_as_the_list_holds_it(who: str, cast: Any, rows: dict[type[Model], list[Any]]) -> None:
    user, asked = fresh(getattr(cast, who)), 0
    for model, found in rows.items():
        for permission in sorted(registry().permissions):
            if permission.partition(".")[0] not in RELATED or (permission.endswith(".claim") and model != Customer):
                continue
            for narrowed in ({}, {"pool": False}, {"by": model.scope_owner[0]}):
                if permission.endswith(".claim") and narrowed:
                    continue
                listed = set(model.objects.for_user(user, permission, **narrowed))
                held = {row for row in found if reach_of(user).holds(row, permission, **narrowed)}
                assert held == listed, (model, permission, narrowed)
                asked += 1
    assert asked > 100


@pytest.mark.parametrize("who", EVERYBODY)
def test_how_a_customer_stands_is_the_same_in_hand_and_in_a_list(who: str, cast: Any, rows: Any) -> None:
    reach = reach_of(fresh(getattr(cast, who)))
    stands = {customer: reach.relation(customer) for customer in rows[Customer]}
    for relations in (("own",), ("team",), ("rest",), ("own", "team"), ("own", "rest"), policy.RELATIONS, ()):
        listed = set(Customer.objects.filter(reach.where(Customer, relations)))
        assert listed == {customer for customer, relation in stands.items() if relation in relations}, relations
    assert {reach.relation(contact) == stands[contact.customer] for contact in rows[Contact]} == {True}


def test_each_relation_occurs(cast: Any, rows: Any) -> None:
    """Else the comparison above would compare nothing."""
    seen = {who: {reach_of(fresh(getattr(cast, who))).relation(c) for c in rows[Customer]} for who in EVERYBODY}
    assert seen["wang"] == seen["lead"] == {"own", "team", "rest"}
    assert seen["agent"] == {"own", "rest"}, "the customer whose complaint the agent handles"
    assert seen["admin"] == {"rest"}


@pytest.mark.parametrize(
    ("who", "permission", "right"),
    [
        ("wang", "dashboard.view", ("wang",)),
        ("lead", "dashboard.view", ("wang", "li", "lead")),
        ("admin", "dashboard.view", ALL),
        ("wang", "customer.assign", ()),
    ],
)
def test_people(who: str, permission: str, right: Any, cast: Any, rows: Any) -> None:
    reach = reach_of(fresh(getattr(cast, who)))
    people = reach.people(permission)
    wanted = ALL if right is ALL else {getattr(cast, name).pk for name in right}
    assert (people if people is ALL else set(people)) == wanted
    theirs = set(Customer.objects.filter(reach.whose("owner", permission)))
    assert theirs == {c for c in rows[Customer] if right is ALL or c.owner_id in wanted}
    assert reach.everywhere(permission) is (right is ALL)
    assert reach.beyond_own(permission) is (right is ALL or len(right) > 1)


def test_nobody_reaches_anything_not_even_what_belongs_to_nobody(cast: Any, rows: Any) -> None:
    off = fresh(cast.admin)
    off.is_active = False
    for user in (None, AnonymousUser(), off):
        reach = reach_of(user)
        assert reach is NOBODY
        assert reach.people("customer.view") == ()
        assert {reach.relation(customer) for customer in rows[Customer]} == {"rest"}
        assert not Customer.objects.filter(reach.where(Customer, ("own", "team"))).exists()
        assert not Customer.objects.filter(reach.whose("owner", "dashboard.view")).exists()
        assert not any(reach.holds(customer, "customer.view") for customer in rows[Customer])


def test_a_misspelt_permission_is_an_error_everywhere(cast: Any, customer: Customer) -> None:
    reach = reach_of(cast.admin)
    for ask in (reach.people, reach.everywhere, reach.beyond_own, lambda name: reach.holds(customer, name)):
        with pytest.raises(ValueError, match=r"customer\.veiw"):
            ask("customer.veiw")


def test_what_only_the_database_can_check_is_refused(cast: Any, customer: Customer) -> None:
    case = complaint_create(
        customer=customer, by=cast.admin, owner=cast.agent, text="x", severity="low", category="other"
    )
    for row, permission in ((case, "complaint.delete"), (cast.shanghai, "team.view")):
        with pytest.raises(TypeError, match="a rule of its own"):
            reach_of(cast.admin).holds(row, permission)
    assert isinstance(case, Complaint)
    assert isinstance(cast.shanghai, Team)


def test_a_row_in_hand_costs_no_query_but_the_team_and_the_shares(
    cast: Any, rows: Any, django_assert_num_queries: Any
) -> None:
    lead = fresh(cast.lead)
    RoleGrant.objects.filter(role=lead.role, permission="customer.export").delete()
    with django_assert_num_queries(4):  # grants and masks of the role, shares, members
        for customer in rows[Customer]:
            for permission in ("customer.view", "customer.change", "customer.export", "order.view"):
                reach_of(lead).holds(customer, permission)


def test_whose_customer_has_nobody_is_not_asked_of_the_team(
    cast: Any, rows: Any, django_assert_num_queries: Any
) -> None:
    """A page of the pool doesn't look up the members of a team for rows that have no people."""
    rep = fresh(cast.outsider)
    with django_assert_num_queries(3):  # grants and masks of the role, shares
        assert reach_of(rep).relation(rows[Customer][6]) == "rest"
        assert reach_of(rep).holds(rows[Customer][6], "customer.view")
