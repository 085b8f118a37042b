"""Companies stand in relations: both ends see them by the right word, nobody learns of a company out of reach, and no
group goes in a circle."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError

from accounts.models import AuditEntry, User
from core import clock
from customers.models import Customer, Relation, RelationKind
from customers.relations import services
from customers.relations.reading import COLUMNS
from customers.services import customer_purge
from tests.races import at_once

pytestmark = pytest.mark.django_db


def company(name: str, owner: User | None, **more: Any) -> Customer:
    team = owner.team if owner else None
    return Customer.objects.create(number=name, kind="company", name=name, owner=owner, team=team, **more)


def kind(code: str) -> RelationKind:
    return RelationKind.objects.get(code=code)


def related(first: Customer, code: str, second: Customer, by: User, **more: Any) -> Relation:
    return services.relation_add(first=first, kind=kind(code), second=second, by=by, **more)


def page(client: Any, customer: Customer) -> str:
    return client.get(f"/customers/{customer.pk}/").content.decode()


def panel(client: Any, customer: Customer) -> Any:
    places = client.get(f"/customers/{customer.pk}/").context["places"]
    return next((drawn.shows for drawn in places["right"] if drawn.panel.key == "relations"), None)


@pytest.fixture
def mills(cast: Any) -> Customer:
    return company("江南纺织", cast.wang)


@pytest.mark.parametrize(
    ("code", "back", "of_customer", "of_other"),
    [
        ("supplier", "", "Supplier", "Buyer"),
        ("supplier", "-back", "Buyer", "Supplier"),
        ("parent", "", "Parent company", "Subsidiary"),
        ("partner", "", "Partner", "Partner"),
    ],
)
def test_both_ends_see_it_by_the_right_word(
    cast: Any, customer: Customer, mills: Customer, sign_in: Any, code: str, back: str, of_customer: str, of_other: str
) -> None:
    client = sign_in(cast.wang)
    url = f"/customers/{customer.pk}/relations/new/"
    assert mills.name in client.get(url).content.decode()
    said = {"what": f"{kind(code).pk}{back}", "since": "2024-05-01", "note": "framework contract"}
    answer = client.post(f"{url}?customer={mills.pk}", said)
    assert answer.status_code == 302, answer.context["form"].errors
    for here, there, word in ((customer, mills, of_customer), (mills, customer, of_other)):
        (seen,) = panel(client, here).relations
        assert (seen.other, seen.name, seen.word, seen.note) == (there.pk, there.name, word, "framework contract")
        history = client.get(f"/customers/{here.pk}/timeline/?show=changes").content.decode()
        assert "New relation" in history
        assert word in history
    assert AuditEntry.objects.get(act="relation.create").details["other"] in (customer.pk, mills.pk)


def test_of_a_company_out_of_reach_one_learns_only_that_it_is_there(
    cast: Any, customer: Customer, mills: Customer, sign_in: Any
) -> None:
    foreign = company("外省集团", cast.outsider)
    related(foreign, "parent", customer, cast.admin, note="secret share")
    related(mills, "partner", customer, cast.wang)
    client = sign_in(cast.wang)
    shown = panel(client, customer)
    assert ([one.name for one in shown.relations], shown.beyond) == ([mills.name], 1)
    for address in (
        f"/customers/{customer.pk}/",
        f"/customers/{customer.pk}/timeline/?show=changes",
        f"/customers/?view=all&related={customer.pk}",
        f"/customers/?view=all&relation={kind('parent').pk}-back",
        "/api/v1/relations/",
        f"/api/v1/relations/?customer={customer.pk}",
    ):
        seen = client.get(address).content.decode()
        assert foreign.name not in seen, address
        assert "secret share" not in seen, address
    below = client.get(f"/customers/?view=all&relation={kind('parent').pk}-back").content.decode()
    assert customer.name not in below, "the filter would tell that there is a parent"
    assert panel(sign_in(cast.outsider), foreign).beyond == 1
    assert not panel(sign_in(cast.outsider), foreign).relations
    both = panel(sign_in(cast.auditor), customer)
    assert (len(both.relations), both.beyond, both.may_add) == (2, 0, False)


def test_in_the_pool_a_company_shows_none_and_its_name_stands_with_the_others(
    cast: Any, customer: Customer, sign_in: Any
) -> None:
    pooled = company("公海公司", None)
    related(pooled, "competitor", customer, cast.manager)
    client = sign_in(cast.wang)
    assert [one.name for one in panel(client, customer).relations] == [pooled.name]
    assert customer.name not in page(client, pooled)


def test_a_group_never_goes_in_a_circle(cast: Any, customer: Customer, mills: Customer) -> None:
    third = company("三号", cast.wang)
    related(customer, "parent", mills, cast.wang)
    related(mills, "parent", third, cast.wang)
    with pytest.raises(ValidationError, match="stands above"):
        related(third, "parent", customer, cast.wang)
    with pytest.raises(ValidationError, match="to itself"):
        related(third, "parent", third, cast.wang)
    related(third, "supplier", customer, cast.wang)
    related(customer, "supplier", third, cast.wang)  # two may buy from each other


def test_nothing_is_said_twice_nor_of_persons_nor_of_tomorrow(cast: Any, customer: Customer, mills: Customer) -> None:
    related(customer, "partner", mills, cast.wang)
    for first, second in ((customer, mills), (mills, customer)):
        with pytest.raises(ValidationError, match="known already"):
            related(first, "partner", second, cast.wang)
    with pytest.raises(ValidationError, match="between companies"):
        related(company("张三", cast.wang, **{"phone": "1"}), "partner", Customer(kind="person", name="x"), cast.wang)
    with pytest.raises(ValidationError, match="future"):
        related(mills, "supplier", customer, cast.wang, since=clock.business_date() + timedelta(days=1))


def test_an_ended_one_leaves_the_card_and_comes_back_once(
    cast: Any, customer: Customer, mills: Customer, sign_in: Any
) -> None:
    client, relation = sign_in(cast.wang), related(customer, "partner", mills, cast.wang)
    url = f"/relations/{relation.pk}/"
    assert client.post(f"{url}?of={mills.pk}", {"note": "by mail", "version": 1}).status_code == 302
    said = client.post(f"{url}end/?of={mills.pk}", follow=True)
    assert said.redirect_chain[0][0] == f"/customers/{mills.pk}/"
    assert f"{url}restore/" in said.content.decode()
    assert not panel(client, customer).relations
    history = client.get(f"/customers/{mills.pk}/timeline/?show=changes").content.decode()
    assert history.index("Relation ended") < history.index("New relation")
    again = related(mills, "partner", customer, cast.wang)
    client.post(f"{url}restore/")
    assert list(Relation.objects.all()) == [again], "another one has come in its place"


def test_a_purged_company_takes_its_relations_along(cast: Any, customer: Customer, mills: Customer) -> None:
    related(customer, "partner", mills, cast.wang)
    Customer.objects.filter(pk=mills.pk).update(deleted_at=clock.now())
    assert not Relation.objects.exists()
    customer_purge(customer=Customer.all_objects.get(pk=mills.pk), by=cast.admin)
    assert not Relation.all_objects.exists()


def test_the_list_is_narrowed_and_its_file_names_them(
    cast: Any, customer: Customer, mills: Customer, sign_in: Any
) -> None:
    related(mills, "supplier", customer, cast.wang)
    client, found = sign_in(cast.lead), {}
    for name, asked in {
        "suppliers": f"relation={kind('supplier').pk}",
        "buyers": f"relation={kind('supplier').pk}-back",
        "of it": f"related={customer.pk}",
        "nonsense": "relation=999",
    }.items():
        rows = client.get(f"/customers/?view=all&{asked}").context["list"].rows
        found[name] = {row.name for row in rows}
    assert found["suppliers"] == found["of it"] == {mills.name}
    assert found["buyers"] == {customer.name}
    assert found["nonsense"] == {customer.name, mills.name}, "a filter that can't be read is left out and named"
    lines = COLUMNS.load(cast.lead, [customer, mills])
    assert lines == {customer.pk: "supplier: 江南纺织", mills.pk: "buyer: 恒远机械"}


def test_the_api_adds_changes_and_ends(cast: Any, customer: Customer, mills: Customer, sign_in: Any) -> None:
    client = sign_in(cast.wang)
    said = {"first": customer.pk, "second": mills.pk, "kind": "parent"}
    made = client.post("/api/v1/relations/", said, content_type="application/json")
    assert made.status_code == 201, made.content
    turned = client.post(
        "/api/v1/relations/", {**said, "first": mills.pk, "second": customer.pk}, content_type="application/json"
    )
    assert turned.status_code == 400
    foreign = company("外省集团", cast.outsider)
    refused = client.post("/api/v1/relations/", {**said, "second": foreign.pk}, content_type="application/json")
    assert refused.status_code == 400
    url, headers = f"/api/v1/relations/{made.json()['id']}/", {"content_type": "application/json"}
    changed = client.patch(url, {"note": "60 %"}, **headers, HTTP_IF_MATCH=made["ETag"])
    assert (changed.status_code, changed.json()["note"]) == (200, "60 %")
    assert client.delete(url, HTTP_IF_MATCH=changed["ETag"]).status_code == 204
    assert client.get("/api/v1/relations/").json()["results"] == []


def test_a_kind_says_a_word_for_each_direction(cast: Any, sign_in: Any) -> None:
    client = sign_in(cast.manager)
    url = "/settings/catalogues/relation_kind/new/"
    said = {"name_en": "guarantor", "name_zh": "担保方", "shape": "directed"}
    assert "other way round" in client.post(url, said).content.decode()
    assert client.post(url, said | {"back_en": "guaranteed", "back_zh": "被担保方"}).status_code == 302
    made = RelationKind.objects.get(name_en="guarantor")
    assert "the other way round: guaranteed" in client.get("/settings/relations/").content.decode()
    assert "shape" not in client.get(f"/settings/catalogues/relation_kind/{made.pk}/edit/").context["form"].fields
    assert client.get(f"/settings/catalogues/relation_kind/{made.pk}/merge/").status_code == 404


@pytest.mark.django_db(transaction=True)
def test_of_two_at_once_that_would_close_a_circle_one_is_refused(cast: Any) -> None:
    ends = [company("一号", cast.wang), company("二号", cast.wang)]

    def add(turn: int) -> bool:
        try:
            related(ends[turn], "parent", ends[1 - turn], cast.wang)
        except ValidationError:
            return False
        return True

    assert sorted(at_once(add, 2)) == [False, True]
    assert Relation.objects.count() == 1
