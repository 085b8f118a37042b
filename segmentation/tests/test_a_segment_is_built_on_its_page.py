"""A segment is built step by step, without a script: every button keeps what was typed, and says how many are meant."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.db.models import Q
from django.db.models.expressions import RawSQL
from django.db.models.lookups import GreaterThanOrEqual
from django.test import Client
from django.urls import reverse

from accounts.models import AuditEntry
from conftest import Cast
from core.models import Draft
from customers.models import Customer, CustomerFacts, Tag
from sales.models import Product
from segmentation.segments import selectors, timing
from segmentation.segments.models import Segment
from segmentation.segments.services import segment_change, segment_retire
from segmentation.tests.segments_made import PERSONS, a_segment, all_of

pytestmark = pytest.mark.django_db
NEW = "/segments/new/"


@pytest.fixture
def six(cast: Cast) -> list[Customer]:
    """小王's: three companies and three persons, of health 0, 20, 40 and so on."""
    rows = [
        Customer(
            number=f"K{n}", name=f"N{n}", kind="company" if n % 2 else "person", owner=cast.wang, team=cast.shanghai
        )
        for n in range(6)
    ]
    Customer.objects.bulk_create(rows)
    CustomerFacts.objects.bulk_create(CustomerFacts(customer=row, health=20 * n) for n, row in enumerate(rows))
    return rows


class Builder:
    """The page in somebody's hands: presses buttons with what the page holds."""

    def __init__(self, client: Client, address: str = NEW) -> None:
        self.client, self.address, self.typed = client, address, dict[str, Any]()
        self.look()

    def look(self) -> str:
        self.page = self.client.get(self.address).content.decode()
        return self.page

    def press(self, act: str, **typed: Any) -> Any:
        self.typed |= typed
        hidden = dict(re.findall(r'name="(press|key|over)" value="([^"]*)"', self.page))
        answer = self.client.post(self.address, {"nmatch": "all", **self.typed, **hidden, "act": act})
        if answer.status_code == 302:
            answer.page = self.client.get(answer.headers["Location"])
        self.page = getattr(answer, "page", answer).content.decode()
        return answer

    @property
    def total(self) -> str:
        said = re.search(r'id="count"[^>]*>(.*?)</p>', self.page, re.S)
        assert said is not None
        return " ".join(re.sub("<[^>]+>", "", said[1]).split())


def test_conditions_are_added_counted_and_saved(cast: Cast, six: list[Customer], sign_in: Any) -> None:
    page = Builder(sign_in(cast.wang))
    assert page.total == "Add the first condition: then the customers whom it means are counted."
    page.press("ask:n", nask="kind")
    page.press("count", n0_field="kind", n0_how="in", n0_codes=["company"])
    assert page.total == "3 customers in your reach are meant."
    page.press("ask:n", nask="health")
    page.press("count", n1_field="health", n1_how="range", n1_min="60")
    assert page.total == "2 customers in your reach are meant."
    answer = page.press("save", name="Healthy companies", note="for the fair")
    made = Segment.objects.get()
    assert answer.headers["Location"] == reverse("segment", args=[made.pk])
    assert (made.name, made.owner, made.shared) == ("Healthy companies", cast.wang, False)
    assert [part["field"] for part in made.tree["parts"]] == ["kind", "health"]
    assert not Draft.objects.exists()
    assert AuditEntry.objects.filter(act="segment.create").count() == 1
    shown = sign_in(cast.wang).get(f"/segments/{made.pk}/").content.decode()
    for words in ("2 customers", "Kind: company", "Health: 60 or more", f"segment={made.pk}"):
        assert words in shown


def test_it_counts_while_somebody_types(cast: Cast, six: list[Customer], sign_in: Any) -> None:
    page = Builder(sign_in(cast.wang))
    page.press("ask:n", nask="kind")
    kept = Draft.objects.get().data
    sent = {"nmatch": "all", "n0_field": "kind", "n0_how": "in", "n0_codes": ["company"], "act": "live"}
    page.page = page.client.post(NEW, sent).content.decode()
    assert page.total == "3 customers in your reach are meant."
    assert 'id="n0_counted" hx-swap-oob="true"' in page.page
    assert 'hx-sync="this:replace"' in page.page  # the older question is dropped
    assert "<html" not in page.page
    page.page = page.client.post(NEW, sent | {"n0_codes": []}).content.decode()
    assert "a condition is missing" in page.total
    assert Draft.objects.get().data == kept  # a look keeps nothing


def test_what_takes_too_long_is_said_and_how_to_mend_it(
    cast: Cast, six: list[Customer], sign_in: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The database sleeps over each customer, as it would over many."""
    row = a_segment(cast.wang, PERSONS, note="", shared=True)
    client = sign_in(cast.wang)
    assert "3 customers" in client.get(f"/segments/{row.pk}/").content.decode()
    slow = RawSQL("(SELECT 5 FROM pg_sleep(0.3))", [])
    for name in ("COUNTING", "ONE_OF_MANY", "LISTING"):
        monkeypatch.setattr(timing, name, 0.1)
    monkeypatch.setattr(selectors, "condition_of", lambda asking, part: Q(GreaterThanOrEqual(slow, 0)))
    said = "This takes too long to count."
    for address in (f"/segments/{row.pk}/", "/segments/", f"/segments/{row.pk}/edit/"):
        assert said in client.get(address).content.decode(), address
    assert client.get(f"/api/v1/segments/{row.pk}/").json()["customers"] is None
    client.raise_request_exception = False
    for address in (f"/customers/?view=all&segment={row.pk}", f"/api/v1/customers/?segment={row.pk}"):
        with transaction.atomic():
            answer = client.get(address)
            transaction.set_rollback(True)
        assert answer.status_code == 504, address
        assert "This takes too long" in answer.content.decode()
    assert client.get("/customers/?view=all").status_code == 200
    with connection.cursor() as cursor:
        cursor.execute("SHOW statement_timeout")
        assert cursor.fetchone() == ("0",)


def test_groups_stand_in_groups_up_to_the_third_level(cast: Cast, six: list[Customer], sign_in: Any) -> None:
    page = Builder(sign_in(cast.wang))
    page.press("group:n")
    page.press("group:n0_", n0_match="any")
    page.press("group:n0_0_", n0_0_match="all")
    assert 'name="n0_0_match"' in page.page
    assert 'name="n0_0_0_match"' not in page.page
    page.press("ask:n0_0_", n0_0_ask="kind")
    page.press("ask:n0_", n0_0_0_field="kind", n0_0_0_how="in", n0_0_0_codes=["person"], n0_ask="health")
    page.press("count", n0_1_field="health", n0_1_how="range", n0_1_min="100")
    assert page.total == "4 customers in your reach are meant."
    page.press("count", n0_not="on")
    assert page.total == "2 customers in your reach are meant."
    page.press("remove:n0_0_")
    assert 'name="n0_0_match"' not in page.page


def test_what_cannot_be_read_is_said_at_its_field(cast: Cast, six: list[Customer], sign_in: Any) -> None:
    page = Builder(sign_in(cast.wang))
    page.press("ask:n", nask="health")
    page.press("ask:n", n0_field="health", n0_how="range", n0_min="many", nask="last_order")
    page.press("ask:n", n1_field="last_order", n1_how="last", nask="tag")
    answer = page.press("save", n2_field="tag", n2_how="in")
    assert answer.status_code == 422
    for words in ("“many” is no number", "Say how many days", "Choose at least one", "This field is required"):
        assert words in page.page
    assert not Segment.objects.exists()
    page.press("save", n0_min="200", n1_days="9999", name="X")
    assert "It goes from 0 to 100" in page.page
    assert "The days go up to 3650" in page.page


def test_products_are_named_as_people_type_them(cast: Cast, six: list[Customer], sign_in: Any) -> None:
    pump, _valve = (Product.objects.create(sku=f"P-{n}", name=n) for n in ("Pump", "Valve"))
    page = Builder(sign_in(cast.wang))
    page.press("ask:n", nask="products")
    page.press("count", n0_field="products", n0_how="in", n0_text="Pum")
    assert "There is no product with the number or name “Pum”" in page.page
    assert "Similar: Pump (P-Pump)" in page.page
    page.press("count", n0_text="p-pump")
    assert f'value="{pump.pk}"' in page.page
    assert page.total == "0 customers in your reach are meant."


def test_sent_twice_it_makes_one(cast: Cast, six: list[Customer], sign_in: Any) -> None:
    page = Builder(sign_in(cast.wang))
    sent = {"n0_field": "kind", "n0_how": "in", "n0_codes": "person", "name": "Persons"}
    first = page.page
    page.press("save", **sent)
    page.page = first  # back, and once more
    page.press("save", **sent)
    assert Segment.objects.count() == 1


def test_two_windows_and_two_people_lose_nothing(cast: Cast, six: list[Customer], sign_in: Any) -> None:
    row = a_segment(cast.wang, shared=True)
    address = f"/segments/{row.pk}/edit/"
    mine, theirs = Builder(sign_in(cast.wang), address), Builder(sign_in(cast.lead), address)
    kept = {"n0_field": "kind", "n0_how": "in", "n0_codes": ["person"]}
    old = mine.page
    mine.press("count", name="Mine", **kept)
    mine.page = old
    assert mine.press("count", name="Other window", **kept).status_code == 409
    assert "in another window" in mine.page
    theirs.press("save", name="Theirs", **kept)
    mine.look()
    assert mine.press("save", name="Mine", **kept).status_code == 409
    assert "组长 has changed this segment meanwhile" in mine.page
    row.refresh_from_db()
    assert row.name == "Theirs"
    mine.press("save")
    row.refresh_from_db()
    assert row.name == "Mine"


def test_a_draft_is_thrown_away_and_nothing_was_changed(cast: Cast, six: list[Customer], sign_in: Any) -> None:
    row = a_segment(cast.wang)
    page = Builder(sign_in(cast.wang), f"/segments/{row.pk}/edit/")
    page.press("ask:n", name="Other", nask="health", n0_field="kind", n0_how="in", n0_codes=["company"])
    assert "Throw the draft away" in page.page
    page.press("drop")
    row.refresh_from_db()
    assert (row.name, row.version, Draft.objects.count()) == ("Ours", 1, 0)


def test_it_is_shared_copied_retired_and_taken_back(cast: Cast, sign_in: Any) -> None:
    row, client, mate = a_segment(cast.wang), sign_in(cast.wang), sign_in(cast.outsider)
    page = f"/segments/{row.pk}/"
    assert mate.get(page).status_code == 404
    client.post(f"{page}share/")
    assert mate.get(page).status_code == 200
    assert mate.post(f"{page}retire/").status_code == 403
    mate.post(f"{page}copy/")
    copy = Segment.objects.get(owner=cast.outsider)
    assert (copy.name, copy.shared, copy.tree) == ("Ours (copy)", False, row.tree)
    client.post(f"{page}retire/")
    client.post(f"{page}retire/")
    assert "is retired" in client.get(page).content.decode()
    assert "Ours" not in client.get("/segments/").content.decode().split("<tbody>")[-1]
    client.post(f"{page}restore/")
    client.post(f"{page}unshare/")
    row.refresh_from_db()
    assert (row.retired_at, row.shared) == (None, False)
    acts = AuditEntry.objects.filter(act__in=["segment.retire", "segment.restore"]).values_list("act", flat=True)
    assert sorted(acts) == ["segment.restore", "segment.retire"]


def test_two_of_one_name_are_refused(cast: Cast, sign_in: Any) -> None:
    a_segment(cast.wang)
    page = Builder(sign_in(cast.wang))
    page.press("save", name="ours", n0_field="kind", n0_how="in", n0_codes="person")
    assert "There is a segment “Ours” already" in page.page or "There is a segment “ours” already" in page.page
    assert Segment.objects.count() == 1


def test_one_is_not_put_back_beside_another_of_its_name(cast: Cast) -> None:
    first = a_segment(cast.wang)
    segment_retire(segment=first, retired=True, by=cast.wang)
    a_segment(cast.wang)
    with pytest.raises(ValidationError):
        segment_retire(segment=first, retired=False, by=cast.wang)


def test_many_conditions_cost_as_many_queries_as_one(
    cast: Cast, six: list[Customer], sign_in: Any, django_assert_max_num_queries: Any
) -> None:
    tag = Tag.objects.create(name="Fair")
    parts = [
        {"field": "tag", "how": "in", "codes": [str(tag.pk)]},
        {"field": "orders", "how": "range", "min": 1, "days": 9},
    ]
    row = a_segment(cast.wang, PERSONS)
    client, address = sign_in(cast.wang), f"/segments/{row.pk}/edit/"
    client.get(address)
    segment_change(segment=row, changes={"tree": all_of(PERSONS, *parts * 5)}, version=1, by=cast.wang)
    with django_assert_max_num_queries(22):
        assert client.get(address).status_code == 200
