"""The queue of suspected duplicates and the page on which somebody who may decide on both makes them one."""

import pytest
from django.urls import reverse

from accounts.models import AuditEntry
from customers import services
from customers.duplicates import sweep
from customers.models import Customer, CustomerMerge, DuplicatePair

pytestmark = pytest.mark.django_db
LIST = "/customers/duplicates/"


@pytest.fixture
def pair(cast):
    more = {"kind": "company", "phone": "13812345678"}
    services.customer_create(by=cast.wang, owner=cast.wang, name="恒远机械", region="上海", **more)
    services.customer_create(by=cast.li, owner=cast.li, name="恒远机械有限公司", email="a@example.com", **more)
    [*sweep.sweep(None)]
    return DuplicatePair.objects.get()


def merge_form(client, pair, **chosen):
    """What the page sends when nothing but `chosen` is changed."""
    form = client.get(reverse("duplicate_pair", args=[pair.pk])).context["form"]
    picks = {one.name: side for one, side in form.picks}
    return {"keep": form.kept, "versions": form.compared, **picks, **chosen}


def test_a_lead_of_both_merges_in_three_taps(cast, pair, sign_in):
    client = sign_in(cast.lead)
    page = client.get(LIST).content.decode()
    address = reverse("duplicate_pair", args=[pair.pk])
    assert f'href="{address}"' in page
    answer = client.post(address, merge_form(client, pair))
    assert answer.headers["Location"] == reverse("customer", args=[pair.first_id])
    stays = Customer.objects.get(pk=pair.first_id)
    assert (stays.name, stays.email, stays.region) == ("恒远机械", "a@example.com", "上海")
    assert not Customer.objects.filter(pk=pair.second_id).exists()


def test_each_field_can_be_taken_from_either(cast, pair, sign_in):
    client = sign_in(cast.lead)
    chosen = {"keep": "second", "name": "first", "region": "second", "email": "second"}
    client.post(reverse("duplicate_pair", args=[pair.pk]), merge_form(client, pair, **chosen))
    stays = Customer.objects.get(pk=pair.second_id)
    assert (stays.name, stays.email, stays.region, stays.owner) == ("恒远机械", "a@example.com", "", cast.li)


def test_over_a_change_both_are_shown_again_with_what_was_chosen(cast, pair, sign_in):
    client = sign_in(cast.lead)
    sent = merge_form(client, pair, name="second")
    first = pair.first
    services.customer_update(customer=first, changes={"region": "苏州"}, version=first.version, by=cast.wang)
    answer = client.post(reverse("duplicate_pair", args=[pair.pk]), sent)
    assert answer.status_code == 409
    assert "苏州" in answer.content.decode()
    assert {one.name: side for one, side in answer.context["form"].picks}["name"] == "second"
    assert not CustomerMerge.objects.exists()
    again = {**sent, "versions": answer.context["form"].compared}
    assert client.post(reverse("duplicate_pair", args=[pair.pk]), again).status_code == 302


def test_who_sees_one_of_them_never_hears_of_the_pair(cast, pair, sign_in):
    client = sign_in(cast.wang)
    page = client.get(LIST).content.decode()
    assert "恒远机械" not in page
    Customer.objects.filter(pk=pair.second_id).update(owner=cast.wang)
    page = client.get(LIST).content.decode()
    assert "恒远机械有限公司" in page
    assert "Ask your team lead" in page
    assert client.post(reverse("duplicate_pair", args=[pair.pk])).status_code == 403
    assert sign_in(cast.outsider).get(LIST).content.decode().count("恒远") == 0


def test_not_the_same_is_remembered_and_can_be_taken_back(cast, pair, sign_in):
    client = sign_in(cast.lead)
    client.post(reverse("duplicate_different", args=[pair.pk]))
    Customer.objects.filter(pk=pair.first_id).update(name="恒远 机械")
    [*sweep.sweep(None)]
    assert "恒远" not in client.get(LIST).content.decode()
    assert "恒远" in client.get(f"{LIST}?tab=different").content.decode()
    assert AuditEntry.objects.filter(act="customer.different", by=cast.lead).exists()
    client.post(reverse("duplicate_open", args=[pair.pk]))
    assert "恒远" in client.get(LIST).content.decode()


def test_old_links_lead_to_who_sees_the_customer(cast, pair, sign_in):
    client = sign_in(cast.lead)
    client.post(reverse("duplicate_pair", args=[pair.pk]), merge_form(client, pair))
    old, new = reverse("customer", args=[pair.second_id]), reverse("customer", args=[pair.first_id])
    assert client.get(old).headers["Location"] == new
    assert client.get(reverse("api:customer-detail", args=[pair.second_id])).status_code in (308, 401)
    assert sign_in(cast.outsider).get(old).status_code == 404


def test_an_undo_asks_only_where_something_came_later(cast, pair, sign_in):
    client = sign_in(cast.lead)
    client.post(reverse("duplicate_pair", args=[pair.pk]), merge_form(client, pair))
    done = CustomerMerge.objects.get()
    undo = reverse("merge_undo", args=[done.pk])
    assert undo in client.get("/customers/merges/").content.decode()
    services.interaction_log(customer=pair.first, by=cast.wang, kind="call", result="done", summary="later")
    asked = client.post(undo)
    assert asked.status_code == 200
    assert "Has entries in the log" in asked.content.decode()
    assert client.post(undo, {"confirmed": "on"}).status_code == 302
    assert Customer.objects.filter(pk__in=[pair.first_id, pair.second_id]).count() == 2
    assert client.get(undo).status_code == 404


def test_the_recycle_bin_gives_no_merged_file_back(cast, pair, sign_in):
    client = sign_in(cast.lead)
    client.post(reverse("duplicate_pair", args=[pair.pk]), merge_form(client, pair))
    assert "恒远机械有限公司" not in client.get("/customers/bin/").content.decode()
    assert client.post(reverse("customer_restore", args=[pair.second_id])).status_code == 404
