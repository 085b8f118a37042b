"""Tags are named, retired and merged in Settings; customers keep what they were marked with."""

from __future__ import annotations

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from accounts.models import AuditEntry
from core.versions import StaleVersionError
from customers import services
from customers.forms import TagForm
from customers.models import Tag

pytestmark = pytest.mark.django_db
LIST = "/settings/tags/"


@pytest.fixture
def vip(cast, customer):
    """A tag that the customer has, beside another one."""
    tag = services.tag_create(name="VIP", by=cast.admin)
    services.tags_set(customer=customer, tags=[tag, services.tag_create(name="Fair", by=cast.admin)], by=cast.admin)
    return tag


def address(what: str, tag: Tag) -> str:
    return reverse(f"tag_{what}", args=[tag.pk])


def names_of(customer) -> list[str]:
    return list(customer.tags.values_list("name", flat=True))


def test_the_list_counts_customers_and_leads_to_them(vip, cast, customer, sign_in):
    client = sign_in(cast.admin)
    rows = client.get(LIST).context["page"].rows
    assert [row.name for row in rows] == ["Fair", "VIP"]
    assert f'href="{reverse("customer_list")}?view=all&amp;tag={vip.pk}">1</a>' in client.get(LIST).content.decode()
    shown = client.get(reverse("customer_list"), {"view": "all", "tag": vip.pk})
    assert [row.pk for row in shown.context["page"].rows] == [customer.pk]


def test_a_rename_is_on_record_and_two_people_are_told(vip, cast, customer, sign_in):
    client = sign_in(cast.admin)
    form = client.get(address("edit", vip)).context["form"]
    sent = {name: form[name].value() or "" for name in form.fields} | {"name": "Key account"}
    assert client.post(address("edit", vip), sent).status_code == 302
    assert names_of(customer) == ["Fair", "Key account"]
    assert AuditEntry.objects.get(act="tag.change").details == {"tag_name": ["VIP", "Key account"]}
    assert "VIP</span></del>" in client.get(LIST).content.decode()
    with pytest.raises(StaleVersionError):
        services.tag_rename(row=vip, name="Gold", by=cast.admin)


def test_no_two_are_called_alike_and_one_sent_twice_is_one(vip, cast, sign_in):
    client = sign_in(cast.admin)
    answer = client.post(reverse("tag_new"), {"name": "vip"})
    assert answer.status_code == 422
    assert "There is a tag “vip” already" in answer.content.decode()
    key = client.get(reverse("tag_new")).context["form"]["idempotency_key"].value()
    sent = {"name": "Press", "idempotency_key": str(key)}
    assert [client.post(reverse("tag_new"), sent).status_code for _time in range(2)] == [302, 302]
    assert Tag.objects.filter(name="Press").count() == 1


def test_a_retired_one_is_kept_by_who_has_it(vip, cast, customer, sign_in):
    client = sign_in(cast.admin)
    client.post(address("retire", vip))
    assert names_of(customer) == ["Fair", "VIP"]
    assert vip not in TagForm(user=cast.wang).fields["tag"].queryset
    form = client.get(reverse("customer_edit", args=[customer.pk])).context["form"]
    assert vip in form.fields["tags"].queryset
    assert [row.pk for row in client.get(LIST, {"tab": "retired"}).context["page"].rows] == [vip.pk]
    client.post(address("restore", vip))
    assert vip in TagForm(user=cast.wang).fields["tag"].queryset
    assert set(AuditEntry.objects.filter(act__startswith="tag.re").values_list("act", flat=True)) == {
        "tag.retire",
        "tag.restore",
    }


def test_a_merge_marks_everybody_once_and_the_name_stays_known(vip, cast, customer, sign_in):
    fair = Tag.objects.get(name="Fair")
    gold = services.tag_create(name="Gold", by=cast.admin)
    client = sign_in(cast.admin)
    assert client.post(address("merge", vip), {"into": fair.pk}).status_code == 302
    assert names_of(customer) == ["Fair"]
    assert services.tag_create(name="VIP", by=cast.admin) == fair
    with pytest.raises(ValidationError, match="was merged into"):
        services.tag_add(name="vip", by=cast.admin)
    with pytest.raises(ValidationError):
        services.tag_merge(tag=fair, into=vip, by=cast.admin)
    services.tag_rename(row=fair, name="Trade fair", by=cast.admin)
    assert "also for: VIP" in client.get(LIST).content.decode()
    services.tag_merge(tag=Tag.objects.get(pk=fair.pk), into=gold, by=cast.admin)
    assert names_of(customer) == ["Gold"]
    assert services.tag_create(name="VIP", by=cast.admin) == gold
    assert client.get(address("edit", vip)).status_code == 404
    services.tag_rename(row=gold, name="VIP", by=cast.admin)
    assert names_of(customer) == ["VIP"]


def test_who_may_look_sees_no_buttons(vip, cast, sign_in):
    page = sign_in(cast.auditor).get(LIST).content.decode()
    assert "VIP" in page
    assert "formaction" not in page
    assert sign_in(cast.wang).get(LIST).status_code == 403
