"""Delete, undo, restore, final deletion: who may, and what comes back."""

import pytest
from django.urls import reverse

from accounts.models import AuditEntry
from core import clock
from customers import selectors, services
from customers.models import Contact, Customer, CustomerShare, Interaction
from sales.models import Order


def test_deleting_hides_the_file_with_its_children_and_restoring_brings_all_back(cast, customer, sign_in):
    services.contact_add(customer=customer, by=cast.wang, name="陈国强")
    services.interaction_log(customer=customer, by=cast.wang, kind="call", result="reached")
    client = sign_in(cast.wang)
    client.post(reverse("customer_delete", args=[customer.pk]))
    assert client.get(reverse("customer", args=[customer.pk])).status_code == 404
    assert not Contact.objects.exists()
    assert not Interaction.objects.exists()
    client.post(reverse("customer_restore", args=[customer.pk]))
    assert client.get(reverse("customer", args=[customer.pk])).status_code == 200
    assert Contact.objects.count() == Interaction.objects.count() == 1


def test_the_toast_after_deleting_offers_the_way_back(cast, customer, sign_in):
    answer = sign_in(cast.wang).post(reverse("customer_delete", args=[customer.pk]), follow=True)
    assert f'action="{reverse("customer_restore", args=[customer.pk])}"' in answer.content.decode()


def test_the_bin_holds_what_one_deleted_oneself_and_for_leads_the_teams(cast, customer):
    services.customer_delete(customer=customer, by=cast.lead)
    assert list(selectors.binned_for(cast.wang)) == []
    assert list(selectors.binned_for(cast.lead)) == list(selectors.binned_for(cast.admin)) == [customer]
    assert list(selectors.binned_for(cast.outsider)) == list(selectors.binned_for(cast.auditor)) == []


@pytest.mark.parametrize(("who", "status"), [("wang", 403), ("lead", 403), ("admin", 302)])
def test_only_administrators_remove_for_good(who, status, cast, customer, sign_in):
    services.customer_delete(customer=customer, by=cast.wang)
    assert sign_in(getattr(cast, who)).post(reverse("customer_purge", args=[customer.pk])).status_code == status
    assert Customer.all_objects.filter(pk=customer.pk).exists() is (status == 403)


def test_the_bin_offers_that_in_one_dialog_to_who_may(cast, customer, sign_in):
    services.customer_delete(customer=customer, by=cast.wang)
    pages = {
        who: sign_in(getattr(cast, who)).get(reverse("customer_bin")).content.decode() for who in ("lead", "admin")
    }
    restore, purge = (
        reverse(name, args=[pk]) for name, pk in (("customer_restore", customer.pk), ("customer_purge", 0))
    )
    assert all(f'formaction="{restore}"' in page for page in pages.values())
    assert f'data-dialog="purge" data-icon="trash-2" data-pk="{customer.pk}"' in pages["admin"]
    assert f'data-address="{purge}"' in pages["admin"]
    assert "purge" not in pages["lead"]


def test_a_share_ends_with_the_customer_that_it_opens(cast, customer):
    services.customer_share(customer=customer, user=cast.li, by=cast.wang)
    services.customer_delete(customer=customer, by=cast.wang)
    assert CustomerShare.objects.exists(), "who restores the file finds it shared as before"
    services.customer_purge(customer=customer, by=cast.admin)
    assert not CustomerShare.objects.exists()


def test_a_customer_with_orders_stays_in_the_bin(cast, customer):
    now = clock.now()
    Order.objects.create(
        customer=customer, number="1", ordered_at=now, ordered_on=now.date(), currency="CNY", total=1, amount=1
    )
    services.customer_delete(customer=customer, by=cast.wang)
    with pytest.raises(services.PurgeRefusedError):
        services.customer_purge(customer=customer, by=cast.admin)
    assert Customer.all_objects.filter(pk=customer.pk).exists()


def test_every_act_leaves_its_audit_line(cast, customer):
    services.customer_delete(customer=customer, by=cast.wang)
    services.customer_restore(customer=customer, by=cast.lead)
    acts = list(AuditEntry.objects.filter(object_id=customer.pk).order_by("id").values_list("act", "by_name"))
    assert acts == [("customer.delete", "小王"), ("customer.restore", "组长")]
