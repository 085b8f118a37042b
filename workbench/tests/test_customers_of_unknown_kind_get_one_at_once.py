"""All customers of unknown kind become persons or companies at once: on record, within reach, others untouched."""

import pytest
from django.urls import reverse

from accounts.models import AuditEntry
from customers.models import Customer

pytestmark = pytest.mark.django_db


def test_all_of_unknown_kind_become_persons_and_others_stay(cast, sign_in):
    for n, kind in enumerate(("unknown", "unknown", "company")):
        Customer.objects.create(number=f"U{n}", name=f"客户{n}", kind=kind, owner=cast.wang)
    url, client = reverse("company_kinds"), sign_in(cast.admin)
    assert client.get(url).context["unknown"] == 2
    assert "kind" in client.post(url, {"kind": "unknown"}).context["form"].errors
    assert client.post(url, {"kind": "person"}).status_code == 302
    assert list(Customer.objects.order_by("number").values_list("kind", "version")) == [
        ("person", 2),
        ("person", 2),
        ("company", 1),
    ]
    line = AuditEntry.objects.get(act="customer.kinds")
    assert line.details == {"kind": "person", "customers_changed": 2}
    client.post(url, {"kind": "person"})
    assert AuditEntry.objects.filter(act="customer.kinds").count() == 1, "nothing was left to change"
    assert sign_in(cast.auditor).get(url).status_code == 403
