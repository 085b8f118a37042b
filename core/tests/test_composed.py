"""SQL that is composed once gives the rows of this moment and of this person's rights, each time."""

from datetime import timedelta

import pytest
from django.db.models import F
from django.utils import timezone, translation
from django.utils.translation import gettext_lazy

from accounts.models import RoleGrant, User
from core import clock, composed
from customers.models import Contact, Customer
from customers.services import customer_share, customer_unshare

pytestmark = pytest.mark.django_db
built = []


@composed.composed
def in_reach(user, stage="first_contact"):
    built.append(user.pk)
    rows = Customer.objects.for_user(user).filter(stage=stage).select_related("owner").annotate(mine=F("owner"))
    return rows.only("name", "owner__name").order_by("pk")


@composed.composed
def one(user, *, pk):
    built.append(pk)
    return Customer.objects.for_user(user).filter(pk=pk)


@composed.composed
def made_in_the_last_hour(user):
    return Customer.objects.filter(created_at__gt=clock.now() - timedelta(hours=1)).values("pk")


@pytest.fixture(autouse=True)
def nothing_kept(monkeypatch):
    composed._kept.clear()
    built.clear()
    yield
    composed._kept.clear()


@pytest.fixture
def unchecked(monkeypatch):
    """As in production: what is kept isn't composed again to compare."""
    monkeypatch.setattr(composed, "checking", False)


def as_next_request(user):
    return User.objects.select_related("role", "team").get(pk=user.pk)


def names(user, *args):
    return [row.name for row in in_reach(as_next_request(user), *args)]


def test_rows_are_asked_for_each_time_and_composed_once(cast, customer, unchecked, django_assert_num_queries):
    assert names(cast.wang) == [customer.name]
    Customer.objects.filter(pk=customer.pk).update(name="新名字有限公司")
    user = as_next_request(cast.wang)
    assert user.reach.shared == ()
    with django_assert_num_queries(1):
        (row,) = in_reach(user)
        assert (row.name, row.owner.name, row.mine) == ("新名字有限公司", cast.wang.name, cast.wang.pk)
    assert built == [cast.wang.pk]


def test_each_person_and_each_argument_is_a_question_of_its_own(cast, customer, unchecked):
    assert names(cast.wang) == [customer.name]
    assert names(cast.outsider) == []
    assert names(cast.wang, "paused") == []
    assert names(cast.manager) == [customer.name]
    assert len(built) == 4


def test_the_id_of_a_row_is_put_in_when_it_is_asked_for(cast, customer, unchecked):
    other = Customer.objects.create(name="甲", number="N1", kind="company", owner=cast.wang, team=cast.shanghai)
    assert one(cast.wang, pk=customer.pk) == [customer]
    assert one(cast.wang, pk=other.pk) == [other]
    assert one(cast.wang, pk=0) == []
    assert one(cast.outsider, pk=other.pk) == []
    assert built == [composed.ANY_ID] * 2


def test_a_right_that_is_taken_away_counts_at_once(cast, customer, unchecked):
    assert names(cast.manager) == [customer.name]
    RoleGrant.objects.filter(role=cast.manager.role, permission="customer.view").delete()
    assert names(cast.manager) == []


def test_a_share_counts_at_once_and_one_that_ends_too(cast, customer, unchecked):
    assert names(cast.outsider) == []
    customer_share(customer=customer, user=cast.outsider, by=cast.wang)
    assert names(cast.outsider) == [customer.name]
    customer_unshare(customer=customer, user_id=cast.outsider.pk, by=cast.wang)
    assert names(cast.outsider) == []


def test_now_is_the_moment_of_asking(cast, customer, unchecked, monkeypatch):
    assert len(made_in_the_last_hour(cast.wang)) == 1
    later = timezone.now() + timedelta(hours=2)
    monkeypatch.setattr(timezone, "now", lambda: later)
    assert made_in_the_last_hour(cast.wang) == []


def test_a_moment_that_would_stay_is_refused(cast):
    @composed.composed
    def since_the_hour_began(user):
        return Customer.objects.filter(created_at__gt=clock.now().replace(minute=0))

    with pytest.raises(TypeError, match="would keep this moment"):
        since_the_hour_began(cast.wang)


def test_what_depends_on_something_else_is_found(cast):
    names = ["甲", "乙"]

    @composed.composed
    def called(user):
        return Customer.objects.filter(name=names.pop())

    called(cast.wang)
    with pytest.raises(RuntimeError, match="depends on something else"):
        called(cast.wang)


def test_what_looks_into_the_database_meanwhile_is_found(cast):
    @composed.composed
    def of_known_ones(user):
        return Contact.objects.filter(customer__in=list(Customer.objects.values_list("pk", flat=True)))

    Customer.objects.create(name="甲", number="N1", kind="company")
    of_known_ones(cast.wang)
    with pytest.raises(RuntimeError, match="looks into the database"):
        of_known_ones(cast.wang)


def test_what_is_kept_is_bounded(cast, customer, monkeypatch):
    monkeypatch.setattr(composed, "MOST", 3)
    for stage in "abcde":
        in_reach(cast.wang, stage)
    assert len(composed._kept) == 2, "the fourth found it full"


def test_a_full_store_is_emptied_whatever_the_language_of_its_keys(cast, customer, monkeypatch):
    """A key that holds words has another hash in another language: taking it away by itself went on for ever."""
    monkeypatch.setattr(composed, "MOST", 1)
    composed._kept.clear()
    with translation.override("zh-hans"):
        composed._kept[(gettext_lazy("Customers"),)] = None
    in_reach(cast.wang, "a")
    assert len(composed._kept) == 1
