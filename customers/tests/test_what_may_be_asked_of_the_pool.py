"""Page and API let people look through the unassigned pool by what it shows, and by nothing else.

One list for both doors: `Customer.pool_visible`, which masking goes by too.
"""

from typing import Any

import django_filters
import pytest
from django.db.models import Model
from django.urls import reverse

from accounts.masking import masked, pool_shows
from core import clock
from customers import filters, services
from customers.models import CATALOGUES, Customer, CustomerFacts, Lifecycle, Relation, RelationKind, Tag
from workbench.customer_list import listing
from workbench.customer_list.filters import CustomerFilter as PageFilter

pytestmark = pytest.mark.django_db
DOORS = {"page": PageFilter, "api": filters.CustomerFilter}
# What the pooled file below meets, by either door.
MET = {
    "kind": "company",
    "stage": "needs",
    "tier": "A",
    "region": "苏",
    "unassigned": "true",
    "lifecycle": Lifecycle.LOYAL,
    "warning": "red",
    "r": "3",
    "f": "3",
    "m": "3",
    "silent": "30",
    "birthday": "week",
    "bought_after": "2026-01-01",
    "first_bought": "2026-05",
    "bought_before": "2036-01-01",
    "last_contact_before": "2036-01-01T00:00:00Z",
    "last_order_before": "2036-01-01",
    "updated_after": "2020-01-01T00:00:00Z",
    "followed": "false",
    **dict.fromkeys(("health", "potential", "interaction"), "high"),
    **dict.fromkeys(("health_from", "potential_from", "interaction_from"), "70"),
    **dict.fromkeys(("health_to", "potential_to", "interaction_to"), "70"),
    "qualification": "70",
    "satisfaction": "satisfied",
    "loyalty": "advocate",
    "group5": "growth",
    "segment8": "champion",
    "frequency_class": "mid",
    "amount_class": "large",
    "complete": "mid",
    "expected": "late",
    "price_sensitivity": "high",
    "reason": "price",
    "next_order_from": "2020-01-01",
    "next_order_to": "2036-01-01",
}
ASKED = {"kind", "stage", "tier", "region", "unassigned", "number"}
NOT_ON_A_ROW = {
    "owner",
    "orphan",
    "team",
    "import",
    "brought",
    "handover",
    "own",
}  # no owner there; imports, hand-overs and own fields have a test


@pytest.fixture
def pooled(cast: Any) -> Customer:
    row = services.customer_create(
        by=cast.admin, owner=None, name="甲公司", kind="company", stage="needs", region="苏州"
    )
    for name, model in CATALOGUES.items():
        setattr(row, name, model.rows().order_by("pk").first())
    row.founded_on, row.price_sensitivity = clock.business_date().replace(year=2000), "high"
    row.reasons = ["price"]
    row.save(update_fields=[*CATALOGUES, "founded_on", "price_sensitivity", "reasons"])
    row.tags.add(Tag.objects.create(name="展会"))
    facts = {"tier": "A", "tier_rank": 2, "lifecycle": Lifecycle.LOYAL, "warning": "red", "r": 3, "f": 3, "m": 3}
    moments = {
        "last_contact_at": clock.now() - clock.timedelta(days=40),
        "first_order_on": "2026-05-31",
        "last_order_on": "2026-06-01",
        "next_order_on": "2026-08-01",
    }
    scores = dict.fromkeys(("health", "potential", "interaction_score", "qualification"), 70)
    words = ("satisfaction", "loyalty", "group5", "segment8", "frequency_class", "amount_class")
    classes = {name: MET[name] for name in words}
    CustomerFacts.objects.filter(pk=row.pk).update(**facts, **moments, **scores, **classes)
    other = services.customer_create(by=cast.admin, owner=cast.wang, name="乙公司", kind="company")
    supplier = RelationKind.objects.get(code="supplier")
    Relation.objects.create(first=row, second=other, kind=supplier)
    return Customer.objects.get(pk=row.pk)


def met(name: str, door: str, row: Customer) -> str:
    """A value of the filter that the pooled file meets."""
    by_name = {"number": row.number, "tag": str(row.tags.get().pk)}
    by_name |= {one: str(getattr(row, f"{one}_id")) for one in CATALOGUES}
    relation = row.relations.get()
    by_name |= {"relation": str(relation.kind_id), "related": str(relation.second_id)}
    if door == "api":
        by_name |= {"tag": "展会"} | {one: getattr(row, one).code for one in CATALOGUES}
    return by_name.get(name) or MET[name]


def listed(client: Any, door: str, row: Customer, **asked: str) -> bool:
    if door == "api":
        answer = client.get(reverse("api:customer-list"), asked)
        return row.pk in [found["id"] for found in answer.json()["results"]]
    answer = client.get(reverse("customer_list"), {"view": "all", "q": "甲公司", **asked})
    return reverse("customer", args=[row.pk]) in answer.content.decode()


@pytest.mark.parametrize("door", DOORS)
def test_a_filter_by_what_is_hidden_leaves_the_pool_out(door: str, pooled: Customer, cast: Any, sign_in: Any) -> None:
    names = set(DOORS[door].base_filters) - NOT_ON_A_ROW
    rep, admin = sign_in(cast.wang), sign_in(cast.admin)
    assert listed(rep, door, pooled)
    assert len(names & ASKED) == 4 + (door == "api"), "page: kind, stage, tier, region; API: number and unassigned"
    for name in sorted(names):
        asked = {name: met(name, door, pooled)}
        assert listed(admin, door, pooled, **asked), f"{name}: who sees the whole file finds it"
        assert listed(rep, door, pooled, **asked) is (name in ASKED), name


@pytest.mark.parametrize("door", DOORS)
def test_a_look_by_owner_or_team_leaves_the_pool_out(door: str, pooled: Customer, cast: Any, sign_in: Any) -> None:
    for name in NOT_ON_A_ROW & set(DOORS[door].base_filters):
        assert name not in filters.filters_of_the_pool(DOORS[door]), name


@pytest.mark.parametrize("door", DOORS)
def test_what_may_be_asked_is_shown(door: str, pooled: Customer, cast: Any) -> None:
    """What a filter of the pool looks at stands unmasked on the row that the person gets."""
    shown = masked(cast.wang, Customer.objects.select_related("facts").get(pk=pooled.pk))
    assert shown.facts.warning != pooled.facts.warning
    for name in filters.filters_of_the_pool(DOORS[door]):
        path = DOORS[door].base_filters[name].field_name
        assert _at(shown, path) == _at(pooled, path), name


def _at(row: Model, path: str) -> Any:
    for name in path.split("__"):
        row = getattr(row, name)
    return row


@pytest.mark.parametrize(
    ("door", "word", "hidden", "shown"),
    [("page", "sort", "-value", "-name"), ("api", "ordering", "-facts__monetary", "-name_sort")],
)
def test_an_order_by_what_is_hidden_leaves_the_pool_out(
    door: str, word: str, hidden: str, shown: str, pooled: Customer, cast: Any, sign_in: Any
) -> None:
    rep = sign_in(cast.wang)
    assert listed(rep, door, pooled, **{word: shown})
    assert not listed(rep, door, pooled, **{word: hidden})


def test_a_filter_that_looks_where_it_likes_is_not_of_the_pool() -> None:
    class Looks(django_filters.FilterSet):
        region = django_filters.CharFilter(method="by_phone")
        phone = django_filters.CharFilter()
        name = django_filters.CharFilter(lookup_expr="icontains")
        owner = django_filters.CharFilter()

    assert filters.filters_of_the_pool(Looks) == {"name"}


def test_the_paths_of_the_pool_exist_and_are_never_masked() -> None:
    assert set(listing.PUBLIC_ORDERS) == {"name", "tier"}
    assert not Customer.pool_visible & set(Customer.mask_fields)
    assert not pool_shows(Customer, "owner__name")
    for path in Customer.pool_visible:
        model: Any = Customer
        for name in path.split("__"):
            field = model._meta.get_field(name)
            model = field.related_model
