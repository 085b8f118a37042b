"""Channels are named, ordered, retired and merged in Settings; what came by them is never lost."""

from __future__ import annotations

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from accounts.models import AuditEntry
from core import clock
from core.versions import StaleVersionError
from customers import services
from customers.defaults import channels_ensure
from customers.forms import NewCustomerForm
from customers.imports.catalogues import channel_ensure
from customers.models import Channel, Customer
from customers.selectors import channels
from intake.models import ImportedRow, ImportJob
from sales.models import Order

pytestmark = pytest.mark.django_db
LIST = "/settings/channels/"


def one(code: str) -> Channel:
    return Channel.objects.get(code=code)


def codes() -> list[str]:
    return list(channels().values_list("code", flat=True))


def address(what: str, code: str) -> str:
    return reverse(f"channel_{what}", args=[one(code).pk])


def test_a_rename_shows_everywhere_and_is_on_record(cast, customer, sign_in):
    Customer.objects.filter(pk=customer.pk).update(channel=one("shop"))
    client = sign_in(cast.admin)
    form = client.get(address("edit", "shop")).context["form"]
    sent = {name: form[name].value() or "" for name in form.fields} | {"name_en": "Store", "name_zh": "店面"}
    assert client.post(address("edit", "shop"), sent).status_code == 302
    assert "Store" in client.get(reverse("customer", args=[customer.pk])).content.decode()
    assert AuditEntry.objects.get(act="channel.change").details == {
        "name_en": ["Shop", "Store"],
        "name_zh": ["门店", "店面"],
    }
    page = client.get(LIST).content.decode()
    assert "Last changes" in page
    assert "Store" in page


def test_two_people_who_rename_one_are_told(cast):
    seen = one("shop")
    services.entry_change(row=one("shop"), changes={"name_en": "Store"}, by=cast.admin)
    with pytest.raises(StaleVersionError):
        services.entry_change(row=seen, changes={"name_en": "Outlet"}, by=cast.admin)
    services.entry_change(row=seen, changes={"name_zh": "店面"}, by=cast.admin)
    assert (one("shop").name_en, one("shop").name_zh) == ("Store", "店面")


def test_no_two_are_called_alike(cast, sign_in):
    client = sign_in(cast.admin)
    answer = client.post(reverse("channel_new"), {"name_en": "WEBSITE", "name_zh": "新"})
    assert answer.status_code == 422
    assert "name_en" in answer.context["form"].errors
    assert 'value="WEBSITE"' in answer.content.decode()
    with pytest.raises(ValidationError):
        services.entry_change(row=one("shop"), changes={"name_zh": "官网"}, by=cast.admin)


def test_a_new_one_is_offered_last_and_sent_twice_it_is_one(cast, sign_in):
    client = sign_in(cast.admin)
    key = client.get(reverse("channel_new")).context["form"]["idempotency_key"].value()
    sent = {"name_en": "Trade press", "name_zh": "行业媒体", "idempotency_key": str(key)}
    assert [client.post(reverse("channel_new"), sent).status_code for _time in range(2)] == [302, 302]
    assert codes()[-1] == "trade-press"
    assert Channel.objects.filter(name_en="Trade press").count() == 1


def test_the_order_is_the_one_of_forms(cast, sign_in):
    client = sign_in(cast.admin)
    before = codes()
    row = one(before[2])
    for _press in range(2):  # a second press of the same button does no harm
        client.post(address("move", row.code), {"above": one(before[1]).pk})
    assert codes()[:3] == [before[0], before[2], before[1]]
    assert AuditEntry.objects.filter(act="channel.move").count() == 1
    offered = NewCustomerForm(user=cast.wang).fields["channel"].queryset
    assert [channel.code for channel in offered] == codes()
    client.post(address("retire", before[1]))
    answer = client.post(address("move", row.code), {"below": one(before[1]).pk}, follow=True)
    assert "changed in the meantime" in answer.content.decode()


def test_a_retired_one_is_kept_by_who_has_it_and_found(cast, customer, sign_in):
    Customer.objects.filter(pk=customer.pk).update(channel=one("shop"))
    client = sign_in(cast.admin)
    client.post(address("retire", "shop"))
    assert "shop" not in codes()
    customer.refresh_from_db()
    assert customer.channel == one("shop")
    page = client.get(LIST, {"tab": "retired"}).content.decode()
    url = f"{reverse('customer_list')}?view=all&amp;channel={one('shop').pk}"
    assert url in page
    shown = client.get(reverse("customer_list"), {"view": "all", "channel": one("shop").pk})
    assert [row.pk for row in shown.context["page"].rows] == [customer.pk]
    form = client.get(reverse("customer_edit", args=[customer.pk])).context["form"]
    assert one("shop") in form.fields["channel"].queryset
    client.post(address("restore", "shop"))
    assert codes()[-1] != "shop" or one("shop").position == Channel.LAST
    assert "shop" in codes()


def test_one_channel_always_stays(cast):
    *others, last = channels()
    for channel in others:
        services.entry_retire(row=channel, by=cast.admin)
    with pytest.raises(ValidationError, match="last channel"):
        services.entry_retire(row=last, by=cast.admin)


@pytest.fixture
def merged(cast, customer, sign_in):
    """Website into platform, with a customer, an order, and what an import may put back."""
    website = one("website")
    Customer.objects.filter(pk=customer.pk).update(channel=website)
    Order.objects.create(
        customer=customer,
        number="S-1",
        channel=website,
        ordered_at=clock.now(),
        ordered_on=clock.business_date(),
        total=100,
        amount=100,
    )
    job = ImportJob.objects.create(kind="customers", user=cast.admin)
    ImportedRow.objects.create(
        job=job, what="customer", row_id=customer.pk, before={"channel_id": website.pk, "name": "x"}, mark="1"
    )
    version = customer.version
    client = sign_in(cast.admin)
    assert "1 customer" in client.get(address("merge", "website")).content.decode()
    assert client.post(address("merge", "website"), {"into": one("platform").pk}).status_code == 302
    customer.refresh_from_db()
    assert customer.version == version  # a form that is open over the customer saves as before
    return job


def test_a_merge_takes_everything_along(merged, customer):
    target = one("platform")
    assert customer.channel == target
    assert Order.objects.get().channel == target
    assert ImportedRow.objects.get().before == {"channel_id": target.pk, "name": "x"}
    line = AuditEntry.objects.get(act="channel.merge")
    assert line.details == {"into_channel": target.pk, "customers_changed": 1}


def test_a_merged_one_is_another_name_of_the_other(merged, cast, sign_in):
    client = sign_in(cast.admin)
    channels_ensure()  # as each start does
    assert "website" not in codes()
    assert channel_ensure("官网", merged) == one("platform")
    assert client.get(address("edit", "website")).status_code == 404
    page = client.get(LIST).content.decode()
    assert "also for: Website" in page
    services.entry_change(row=one("platform"), changes={"name_en": "Website"}, by=cast.admin)
    with pytest.raises(ValidationError, match="was merged into"):
        services.entry_add(Channel, name_en="Net", name_zh="官网", by=cast.admin)


def test_of_two_merges_each_into_the_other_one_is_refused(cast):
    shop, website = one("shop"), one("website")
    services.entry_merge(row=shop, into=website, by=cast.admin)
    with pytest.raises(ValidationError):
        services.entry_merge(row=website, into=shop, by=cast.admin)
    services.entry_merge(row=website, into=one("platform"), by=cast.admin)
    assert one("shop").merged_into == one("platform")


def test_who_may_look_sees_no_buttons(cast, sign_in):
    page = sign_in(cast.auditor).get(LIST).content.decode()
    assert "Exhibition" in page
    assert "formaction" not in page
    assert reverse("channel_new") not in page
    assert sign_in(cast.wang).get(LIST).status_code == 403
