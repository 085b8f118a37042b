"""One fact of a customer's file is changed where it stands: the value becomes a form, and the form the new value."""

from __future__ import annotations

import pytest
from django.urls import reverse

from accounts.models import AuditEntry, MaskRule
from customers import required, services
from customers.models import Customer, Industry, RequiredFields, Tag
from customers.onefield.forms import FACTS

pytestmark = pytest.mark.django_db
PART = {"HX-Request": "true"}


@pytest.fixture
def customer(cast):
    return services.customer_create(
        by=cast.wang, owner=cast.wang, name="禾达纺织", kind="company", phone="13800001111", region="苏州"
    )


@pytest.fixture
def client(cast, sign_in):
    return sign_in(cast.wang)


def here(customer, name):
    return reverse("customer_field", args=[customer.pk, name])


def opened(answer):
    """The form as a browser would send it back untouched."""
    form = answer.context["form"]
    start = {name: form[name].value() for name in form.fields}
    return {name: value for name, value in start.items() if value not in (None, "", False, [])}


def send(client, customer, name, values, *, given=None, headers=PART):
    """Open the form and send it with these values."""
    given = given or opened(client.get(here(customer, name), headers=headers))
    return client.post(here(customer, name), given | values, headers=headers)


def test_the_page_leads_from_each_value_to_its_form(client, customer):
    text = client.get(reverse("customer", args=[customer.pk])).content.decode()
    assert f'href="{here(customer, "region")}" hx-get="{here(customer, "region")}"' in text
    assert here(customer, "industry") in text  # holds nothing yet


def test_a_typed_value_is_saved_and_stands_there_again(client, customer):
    shown = send(client, customer, "region", {"region": "无锡"})
    assert shown.status_code == 200
    assert "无锡" in shown.content.decode()
    assert "<html" not in shown.content.decode()
    customer.refresh_from_db()
    assert customer.region == "无锡"
    entry = AuditEntry.objects.filter(act="customer.change").latest("pk")
    assert entry.details["fields"] == ["region"]


def test_a_choice_is_one_button(client, customer, defaults):
    industry = Industry.rows().first()
    form = client.get(here(customer, "industry"), headers=PART).content.decode()
    assert f'name="industry" value="{industry.pk}"' in form
    send(client, customer, "industry", {"industry": industry.pk})
    customer.refresh_from_db()
    assert customer.industry == industry
    assert 'aria-pressed="true"' in client.get(here(customer, "industry"), headers=PART).content.decode()


def test_without_script_it_is_a_page_that_leads_back(client, customer):
    page = client.get(here(customer, "region"))
    assert "<h1" in page.content.decode()
    answer = send(client, customer, "region", {"region": "无锡"}, headers={})
    assert answer.url == reverse("customer", args=[customer.pk])


def test_what_is_wrong_is_said_in_the_form_with_what_was_typed(client, customer):
    refused = send(client, customer, "phone", {"phone": "12"})
    assert refused.status_code == 422
    assert 'value="12"' in refused.content.decode()
    customer.refresh_from_db()
    assert customer.phone == "13800001111"


def test_two_people_change_one_fact_and_choose(client, customer, cast):
    form = opened(client.get(here(customer, "region"), headers=PART))
    services.customer_update(
        customer=Customer.objects.get(pk=customer.pk), changes={"region": "上海"}, version=customer.version, by=cast.li
    )
    asked = send(client, customer, "region", {"region": "无锡"}, given=form)
    assert asked.status_code == 409
    text = asked.content.decode()
    assert all(word in text for word in ("上海", "无锡", "Keep mine"))
    assert "<html" not in text
    customer.refresh_from_db()
    assert customer.region == "上海"
    (question,) = asked.context["fields"]
    mine = {**dict(asked.context["kept"]), "region": question.mine[0]}
    assert f'name="region" value="{question.mine[0]}"' in text
    client.post(here(customer, "region"), mine, headers=PART)
    customer.refresh_from_db()
    assert customer.region == "无锡"


def test_another_fact_that_changed_meanwhile_is_no_conflict(client, customer, cast):
    form = opened(client.get(here(customer, "region"), headers=PART))
    services.customer_update(
        customer=Customer.objects.get(pk=customer.pk), changes={"notes": "neu"}, version=customer.version, by=cast.li
    )
    assert send(client, customer, "region", {"region": "无锡"}, given=form).status_code == 200
    customer.refresh_from_db()
    assert (customer.region, customer.notes) == ("无锡", "neu")


def test_what_is_read_masked_can_be_neither_seen_nor_written(client, customer, cast):
    MaskRule.objects.filter(role=cast.wang.role, field_class="phone").update(mode="mask")
    assert client.get(here(customer, "phone"), headers=PART).status_code == 403
    assert client.post(here(customer, "phone"), {"phone": "13900001111"}, headers=PART).status_code == 403
    page = client.get(reverse("customer", args=[customer.pk])).content.decode()
    assert here(customer, "phone") not in page


def test_somebody_elses_customer_is_not_found(sign_in, cast, customer):
    assert sign_in(cast.outsider).get(here(customer, "region"), headers=PART).status_code == 404


def test_an_unknown_fact_is_not_found(client, customer):
    assert client.get(here(customer, "owner")).status_code == 404
    assert client.get(here(customer, "kind")).status_code == 404


def test_the_last_way_to_reach_somebody_stays_where_it_is_required(client, customer):
    RequiredFields.objects.update_or_create(kind="company", defaults={"reach": "always"})
    required.forget()
    assert send(client, customer, "phone", {"phone": ""}).status_code == 422
    services.contact_add(customer=customer, by=customer.owner, name="王", phone="13900001111")
    assert send(client, customer, "phone", {"phone": ""}).status_code == 200


def test_tags_that_others_put_on_meanwhile_stay(client, customer, cast):
    first, second = Tag.objects.create(name="展会"), Tag.objects.create(name="老客户")
    form = opened(client.get(here(customer, "tags"), headers=PART))
    services.tags_set(customer=customer, tags=[second], by=cast.li)
    send(client, customer, "tags", {"tags": [first.pk]}, given=form)
    assert set(customer.tags.all()) == {first, second}


@pytest.mark.parametrize("name", sorted(FACTS - {"phone", "name"}))
def test_each_fact_has_a_form_and_words(client, customer, name, defaults):
    assert client.get(here(customer, name), headers=PART).status_code == 200
    assert client.get(here(customer, name) + "?shown", headers=PART).status_code == 200


def test_escaping_a_form_shows_the_value_again(client, customer):
    text = client.get(here(customer, "region") + "?shown", headers=PART).content.decode()
    assert "苏州" in text
    assert "<form" not in text
