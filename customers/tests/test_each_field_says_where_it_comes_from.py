"""Each field of a file says when it was last changed, by whom and through which door; masked values stay masked."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import translation
from rest_framework.test import APIClient

from core import clock
from customers import origins, services
from customers.models import Customer
from customers.tests.own_fields.made import own
from customers.tests.test_every_field_is_filled_where_the_file_is_made import typed
from customers.tests.test_two_people_edit_one_file import opened
from intake.models import ImportJob

pytestmark = pytest.mark.django_db(transaction=True)  # before-images say when their transaction began
PHONE = {"HTTP_USER_AGENT": "Mozilla/5.0 (iPhone; CPU iPhone OS 17_0) Mobile/15E148"}
NAMES = ("name", "region", "phone", "notes", "owner", "stage", "industry")


def origin(customer: Customer, name: str) -> tuple[str, str]:
    with translation.override("en"):
        found = origins.origins_of(customer, NAMES)[name]
    assert clock.now() - found.at < timedelta(minutes=1)
    return found.by, str(found.how)


@pytest.fixture
def made(cast, sign_in):
    """A customer that a form has made."""
    assert sign_in(cast.wang).post(reverse("customer_new"), typed()).status_code == 302
    return Customer.objects.get()


def change(client, user, customer, more, **headers):
    customer.refresh_from_db()
    sent = opened(user, customer) | more
    assert client.post(reverse("customer_edit", args=[customer.pk]), sent, **headers).status_code == 302


def test_what_never_changed_comes_from_the_form_that_made_the_file(cast, made):
    assert origin(made, "region") == origin(made, "name") == (cast.wang.name, "by form")


def test_a_change_says_who_and_through_which_door(cast, made, sign_in):
    change(sign_in(cast.wang), cast.wang, made, {"region": "苏州"})
    change(sign_in(cast.lead), cast.lead, made, {"notes": "新"}, **PHONE)
    api = APIClient()
    api.force_authenticate(cast.wang)
    tag = api.get(f"/api/v1/customers/{made.pk}/")["ETag"]
    api.patch(f"/api/v1/customers/{made.pk}/", {"phone": "13900000009"}, format="json", HTTP_IF_MATCH=tag)
    assert origin(made, "region") == (cast.wang.name, "by form")
    assert origin(made, "notes") == (cast.lead.name, "by form, on a phone")
    assert origin(made, "phone") == (cast.wang.name, "over the API")
    assert origin(made, "name") == (cast.wang.name, "by form")


def test_the_last_change_counts_also_back_to_what_was(cast, made, sign_in):
    change(sign_in(cast.wang), cast.wang, made, {"region": "苏州"})
    change(sign_in(cast.lead), cast.lead, made, {"region": ""})
    assert origin(made, "region")[0] == cast.lead.name


def test_an_owner_and_a_stage_come_from_their_own_acts(cast, made):
    services.customer_transfer(customer=made, to=cast.li, by=cast.lead, reason="x")
    services.customer_stage_move(customer=made, stage="needs", by=cast.li)
    assert origin(made, "owner")[0] == cast.lead.name
    assert origin(made, "stage")[0] == cast.li.name


def test_what_a_file_brought_names_the_file(cast, made):
    job = ImportJob.objects.create(
        kind="customers", user=cast.admin, file_name="展会.csv", started_at=clock.now(), finished_at=None
    )
    job.customers.create(customer=made, made=False)
    Customer.objects.filter(pk=made.pk).update(region="杭州")
    assert origin(made, "region") == (cast.admin.name, "import of 展会.csv")


def test_what_nobody_is_known_to_have_changed_came_by_itself(cast, made):
    Customer.objects.filter(pk=made.pk).update(stage="long_term")
    assert origin(made, "stage") == ("", "automatic")


def test_the_page_is_masked_and_of_the_pool_nothing_is_told(cast, made, sign_in):
    page = reverse("customer_origins", args=[made.pk])
    text = sign_in(cast.wang).get(page).content.decode()
    assert "by form" in text
    assert "13800001111" in text.replace(" ", "")
    masked = sign_in(cast.admin).get(page).content.decode()
    assert "138****1111" in masked
    assert "13800001111" not in masked.replace(" ", "")
    Customer.objects.filter(pk=made.pk).update(owner=None)
    assert sign_in(cast.wang).get(page).status_code == 404


def test_a_long_history_costs_no_more_queries(cast, made, django_assert_num_queries):
    for number in range(5):
        services.customer_update(customer=made, changes={"region": f"{number}"}, version=made.version, by=cast.wang)
    with django_assert_num_queries(4):
        origins.origins_of(made, NAMES)


def test_own_fields_tags_and_contacts_say_it_too(cast, made, sign_in):
    own(cast.admin, name="Badge")
    client, page = sign_in(cast.lead), reverse("customer_origins", args=[made.pk])
    tag = services.tag_create(name="老客户", by=cast.admin)
    change(sign_in(cast.wang), cast.wang, made, {"own_badge": "A-17"}, **PHONE)
    services.customers_tag(customer_ids=[made.pk], tag=tag, by=cast.manager)
    contact = client.post(reverse("contact_new", args=[made.pk]), {"name": "沈"})
    assert contact.status_code == 302
    with translation.override("en"):
        badge = origins.origins_of(made, ["own_badge", "region"])["own_badge"]
        tagged = origins.tag_origins(made, [tag])[tag.pk]
        named = origins.contact_origins(made, list(made.contacts.all()))
    assert (badge.by, str(badge.how)) == (cast.wang.name, "by form, on a phone")
    assert (tagged.by, str(tagged.how)) == (cast.manager.name, "")  # no request is under way
    assert [(one.by, str(one.how)) for one in named.values()] == [(cast.lead.name, "by form")]
    text = client.get(page).content.decode()
    assert all(words in text for words in ("A-17", "老客户", "沈", cast.manager.name))
    # Taken away and given again, it comes from who gave it last.
    services.tags_set(customer=made, tags=[], by=cast.wang)
    services.tags_set(customer=made, tags=[tag], by=cast.lead)
    assert origins.tag_origins(made, [tag])[tag.pk].by == cast.lead.name
