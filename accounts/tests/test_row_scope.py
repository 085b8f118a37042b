"""Which rows a person reaches: own, team and below, all; shares, service owners, the pool; and nobody."""

from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.http import Http404

from accounts.access import row_for
from accounts.models import AuditEntry, RoleGrant, Team, User
from accounts.services import team_create
from customers.models import Contact, Customer, CustomerShare
from sales.models import Order

pytestmark = pytest.mark.django_db


def _customer(number: str, owner: User | None, **more: Any) -> Customer:
    return Customer.objects.create(number=number, name=number, owner=owner, **more)


@pytest.fixture
def files(cast: Any) -> dict[str, Customer]:
    people = {"wang": cast.wang, "li": cast.li, "outsider": cast.outsider, "pool": None}
    return {name: _customer(f"K-{name}", owner) for name, owner in people.items()}


def _fresh(user: User) -> User:
    return User.objects.select_related("role", "team").get(pk=user.pk)


def _numbers(user: Any, action: str = "view") -> set[str]:
    return {c.number.removeprefix("K-") for c in Customer.objects.for_user(user, action)}


@pytest.mark.parametrize(
    ("who", "action", "right"),
    [
        ("wang", "view", {"wang", "pool"}),
        ("wang", "change", {"wang"}),
        ("lead", "view", {"wang", "li", "pool"}),
        ("lead", "change", {"wang", "li"}),
        ("lead", "assign", {"wang", "li", "pool"}),
        ("manager", "change", {"wang", "li"}),
        ("agent", "view", {"wang", "li", "outsider", "pool"}),
        ("agent", "change", set()),
        ("agent", "interaction.add", {"wang", "li", "outsider", "pool"}),
        ("auditor", "view", {"wang", "li", "outsider", "pool"}),
        ("auditor", "change", set()),
        ("auditor", "claim", set()),
        ("admin", "delete", {"wang", "li", "outsider", "pool"}),
        ("wang", "claim", {"pool"}),
        ("admin", "claim", {"pool"}),
        ("wang", "order.add", {"wang"}),
    ],
)
def test_reach_by_role(cast: Any, files: Any, who: str, action: str, right: set[str]) -> None:
    assert _numbers(getattr(cast, who), action) == right


def test_nobody_reaches_nothing(cast: Any, files: Any) -> None:
    off = _fresh(cast.admin)
    off.is_active = False
    for user in (None, AnonymousUser(), off):
        assert _numbers(user) == set()


def test_a_team_path_is_no_prefix_of_another_number(cast: Any) -> None:
    """/1/ must not match /11/."""
    first = team_create(name="First")
    neighbour = Team.objects.create(pk=int(f"{first.pk}1"), name="Neighbour", path=f"/{first.pk}1/")
    User.objects.filter(pk=cast.lead.pk).update(team=first)
    User.objects.filter(pk=cast.outsider.pk).update(team=neighbour)
    _customer("K-near", cast.outsider)
    assert _numbers(_fresh(cast.lead)) == set()
    assert cast.outsider.pk not in _fresh(cast.lead).reach.members


def test_a_team_without_a_path_reaches_no_other(cast: Any, files: Any) -> None:
    loose = Team.objects.create(name="Loose")
    User.objects.filter(pk=cast.lead.pk).update(team=loose)
    lead = _fresh(cast.lead)
    assert lead.reach.members == (lead.pk,)
    assert list(Team.objects.for_user(lead)) == [loose]


def test_a_lead_without_a_team_reaches_only_own_rows(cast: Any, files: Any) -> None:
    User.objects.filter(pk=cast.lead.pk).update(team=None)
    assert _numbers(_fresh(cast.lead), "change") == set()


def test_a_share_and_a_service_owner_count_as_own(cast: Any, files: Any) -> None:
    CustomerShare.objects.create(user=cast.wang, customer_id=files["outsider"].pk)
    Customer.objects.filter(pk=files["li"].pk).update(service_owner=cast.wang)
    wang = _fresh(cast.wang)
    assert _numbers(wang, "change") == {"wang", "li", "outsider"}
    order = Order.objects.create(
        number="1",
        customer=files["outsider"],
        ordered_at="2026-01-01T00:00Z",
        ordered_on="2026-01-01",
        total=1,
        amount=1,
    )
    assert list(Order.objects.for_user(wang)) == [order]


def test_rows_without_customer_belong_to_all(cast: Any) -> None:
    order = Order.objects.create(number="1", ordered_at="2026-01-01T00:00Z", ordered_on="2026-01-01", total=1, amount=1)
    assert list(Order.objects.for_user(cast.admin)) == [order]
    assert list(Order.objects.for_user(cast.manager)) == []


def test_children_of_the_pool_are_not_seen_with_it(cast: Any, files: Any) -> None:
    Contact.objects.create(customer=files["pool"], name="X")
    assert not Contact.objects.for_user(cast.wang).exists()


def test_a_misspelt_action_is_an_error_not_an_empty_list(cast: Any) -> None:
    with pytest.raises(ValueError, match=r"customer\.veiw"):
        Customer.objects.for_user(cast.wang, "veiw")


def test_a_loosened_audit_grant_of_scope_team_opens_nothing(cast: Any) -> None:
    RoleGrant.objects.create(role=cast.wang.role, permission="audit.view", scope="team")
    AuditEntry.objects.create(act="sign_in")
    assert not AuditEntry.objects.for_user(_fresh(cast.wang)).exists()


class TestRowFor:
    """404 for what may not be known of, 403 for what is seen but not for this person to do."""

    def test_own(self, cast: Any, files: Any) -> None:
        assert row_for(Customer.objects, cast.wang, files["wang"].pk, "change") == files["wang"]

    def test_foreign_is_not_found(self, cast: Any, files: Any) -> None:
        for action in ("view", "change", "order.add"):
            with pytest.raises(Http404):
                row_for(Customer.objects, cast.wang, files["outsider"].pk, action)

    def test_seen_but_not_allowed(self, cast: Any, files: Any) -> None:
        with pytest.raises(PermissionDenied):
            row_for(Customer.objects, cast.auditor, files["wang"].pk, "change")
        with pytest.raises(PermissionDenied):
            row_for(Customer.objects, cast.wang, files["pool"].pk, "change")

    @pytest.mark.parametrize("pk", ["", "x", "-1", "1.5", "9" * 30, "１", "0x1"])
    def test_what_is_no_number_is_not_found(self, cast: Any, pk: str) -> None:
        with pytest.raises(Http404):
            row_for(Customer.objects, cast.admin, pk)


@pytest.mark.parametrize(
    ("who", "narrowed", "right"),
    [
        ("wang", {"own": True}, {"wang", "serves"}),
        ("wang", {"own": True, "by": "owner"}, {"wang"}),
        ("wang", {"by": "service_owner"}, {"serves"}),
        ("wang", {"pool": False}, {"wang", "serves"}),
        ("lead", {"own": True}, set()),
        ("lead", {"by": "owner"}, {"wang", "li"}),
        ("lead", {"pool": False}, {"wang", "li", "serves"}),
        ("admin", {"own": True}, set()),
        ("admin", {"pool": False}, {"wang", "li", "outsider", "pool", "serves"}),
    ],
)
def test_a_scope_can_be_narrowed_and_never_widened(
    cast: Any, files: Any, who: str, narrowed: dict[str, Any], right: set[str]
) -> None:
    _customer("K-serves", cast.outsider, service_owner=cast.wang)
    rows = Customer.objects.for_user(getattr(cast, who), **narrowed)
    assert {c.number.removeprefix("K-") for c in rows} == right
    assert not Customer.objects.for_user(AnonymousUser(), **narrowed).exists()


def test_a_share_counts_as_own_but_not_as_a_path(cast: Any, files: Any) -> None:
    CustomerShare.objects.create(customer_id=files["outsider"].pk, user=cast.wang)
    wang = _fresh(cast.wang)
    assert files["outsider"] in Customer.objects.for_user(wang, own=True)
    assert files["outsider"] not in Customer.objects.for_user(wang, own=True, by="owner")


def test_a_path_that_the_model_does_not_name_is_an_error(cast: Any) -> None:
    with pytest.raises(ValueError, match="no path of Customer to people"):
        Customer.objects.for_user(cast.wang, by="created_by")
