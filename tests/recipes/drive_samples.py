"""Drives the entity of docs/recipes/add-an-entity.md, in a copy of the product, as samples/tests/test_samples.py."""

import uuid
from datetime import date

import pytest
from django.urls import reverse
from samples import services
from samples.models import Sample

from accounts.models import AuditEntry, RoleGrant
from core.contributions import registry

pytestmark = pytest.mark.django_db
DAY = date(2026, 11, 20)


@pytest.fixture
def sample(cast, customer):
    return services.sample_create(customer=customer, title="Steel plate", sent_on=DAY, by=cast.wang)


def text(answer) -> str:
    body = b"".join(answer.streaming_content) if answer.streaming else answer.content
    return body.decode()


def opened(client, url):
    """The fields of a form as a browser sends them back untouched."""
    form = client.get(url).context["form"]
    return {name: form[name].value() for name in form.fields if form[name].value() not in (None, "")}


def new(customer):
    return f"{reverse('sample_new')}?customer={customer.pk}"


def test_roles_begin_with_its_grants(defaults):
    grants = dict(
        RoleGrant.objects.filter(role__code="rep", permission__startswith="sample.").values_list("permission", "scope")
    )
    assert grants == {"sample.view": "own", "sample.add": "own", "sample.change": "own"}


def test_the_list_shows_own_rows_in_a_constant_number_of_queries(sample, cast, sign_in, django_assert_max_num_queries):
    client = sign_in(cast.wang)
    assert "Steel plate" in text(client.get(reverse("sample_list")))
    assert "Steel plate" not in text(sign_in(cast.outsider).get(reverse("sample_list")))
    for n in range(30):
        services.sample_create(customer=sample.customer, title=f"More {n}", sent_on=DAY, by=cast.wang)
    with django_assert_max_num_queries(15):
        client.get(reverse("sample_list"))


def test_it_stands_in_the_menu_and_on_the_customers_page(cast, customer, sign_in):
    page = text(sign_in(cast.wang).get(reverse("customer", args=[customer.pk])))
    assert f'href="{reverse("sample_list")}"' in page
    assert f'href="{new(customer)}"' in page
    assert new(customer) not in text(sign_in(cast.auditor).get(reverse("customer", args=[customer.pk])))


def test_the_form_sent_twice_makes_one(cast, customer, sign_in):
    client = sign_in(cast.wang)
    sent = {"title": "Steel plate", "sent_on": DAY, "idempotency_key": str(uuid.uuid4())}
    first, second = (client.post(new(customer), sent) for _n in range(2))
    assert first.status_code == second.status_code == 302
    assert Sample.objects.get().title == "Steel plate"
    assert client.post(new(customer), {"title": "", "sent_on": DAY}).status_code == 422


def test_who_was_faster_is_shown_side_by_side(sample, cast, sign_in):
    client, url = sign_in(cast.wang), reverse("sample_edit", args=[sample.pk])
    mine = opened(client, url) | {"title": "mine"}
    services.sample_change(sample=sample, changes={"title": "theirs"}, version=1, by=cast.lead)
    page = client.post(url, mine)
    assert page.status_code == 409
    assert client.post(url, dict(page.context["kept"]) | {"title": "mine"}).status_code == 302
    sample.refresh_from_db()
    assert (sample.title, sample.version) == ("mine", 3)


def test_a_foreign_row_is_not_known(sample, cast, customer, sign_in):
    stranger = sign_in(cast.outsider)
    assert stranger.get(reverse("sample_edit", args=[sample.pk])).status_code == 404
    assert stranger.get(new(customer)).status_code == 404
    assert sign_in(cast.auditor).get(reverse("sample_edit", args=[sample.pk])).status_code == 403


def test_its_audit_lines_are_in_words(sample, cast, sign_in):
    services.sample_change(sample=sample, changes={"note": "blue"}, version=1, by=cast.wang)
    client = sign_in(cast.admin)
    client.cookies["django_language"] = "en"
    page = text(client.get(reverse("audit_list"), {"object": f"samples.sample:{sample.pk}"}))
    assert "noted a sample" in page
    assert "changed a sample" in page
    assert "Steel plate" in page
    assert "20 Nov 2026" in page
    assert "sample.create" not in page.replace('value="sample.create"', "")


def test_it_stands_in_the_customers_history(sample, customer, cast, sign_in):
    client = sign_in(cast.wang)

    def history(address):
        page = text(client.get(reverse("customer", args=[customer.pk]) + address))
        return page.partition('id="timeline"')[2].partition("</section>")[0]

    for address in ("?show=orders", ""):
        assert "Steel plate" in history(address)
    assert "Steel plate" not in history("?show=feedback")


def test_the_customers_page_has_its_panel(sample, customer, cast, sign_in):
    def panel(person):
        page = sign_in(person).get(reverse("customer", args=[customer.pk]))
        return [drawn.shows for drawn in page.context["places"]["right"] if drawn.panel.key == "samples"]

    assert panel(cast.wang) == [[sample]]
    RoleGrant.objects.filter(role__code="rep", permission="sample.view").delete()
    assert panel(cast.wang) == []


def test_the_api_makes_changes_and_hides(sample, customer, cast, sign_in):
    client, address = sign_in(cast.wang), "/api/v1/samples/"
    body = {"customer": customer.pk, "title": "By API", "sent_on": "2026-11-21"}
    made = client.post(address, body, content_type="application/json", headers={"Idempotency-Key": "k1"})
    assert made.status_code == 201, made.content
    again = client.post(address, body, content_type="application/json", headers={"Idempotency-Key": "k1"})
    assert again.json()["id"] == made.json()["id"]
    one = f"{address}{made.json()['id']}/"
    old = {"content_type": "application/json", "headers": {"If-Match": '"1"'}}
    assert client.patch(one, {"title": "Changed"}, **old).status_code == 200
    assert client.patch(one, {"title": "Too late"}, **old).status_code == 412
    assert {row["title"] for row in client.get(address).json()["results"]} == {"Steel plate", "Changed"}
    assert sign_in(cast.outsider).get(one).status_code == 404
    assert sign_in(cast.auditor).delete(one).status_code in (403, 405)


def test_its_columns_stand_in_the_export(sample, cast, sign_in):
    assert sign_in(cast.wang).post(reverse("sample_export")).status_code == 403
    answer = sign_in(cast.lead).post(reverse("sample_export"), {"reason": "a talk", "file": "csv"})
    lines = b"".join(answer.streaming_content).decode("utf-8-sig").splitlines()
    assert lines == ["Customer,Sample,Sent on", "恒远机械,Steel plate,2026-11-20"]
    assert AuditEntry.objects.get(act="sample.export").details["rows"] == 1


def test_the_registry_tells_of_it():
    assert {"sample.view", "sample.add", "sample.change", "sample.export"} <= registry().permissions
    assert "samples.sample" in registry().named
