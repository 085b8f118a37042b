"""A second e-mail address is found, masked and compared as the first one is."""

from __future__ import annotations

import pytest
from django.urls import reverse
from rest_framework.test import APIClient

from customers import selectors
from customers.models import Customer
from customers.tests.test_every_field_is_filled_where_the_file_is_made import typed

pytestmark = pytest.mark.django_db
HOME = "lilei.home@example.com"


@pytest.fixture
def known(cast, sign_in):
    sent = typed(name="李雷", kind="person", email="lilei@example.com", email2=HOME)
    assert sign_in(cast.wang).post(reverse("customer_new"), sent).status_code == 302
    return Customer.objects.get()


def test_it_is_read_on_the_page_and_found_by_who_may_read_it(cast, known, sign_in):
    page = reverse("customer", args=[known.pk])
    assert HOME in sign_in(cast.wang).get(page).content.decode()
    masked = sign_in(cast.admin).get(page).content.decode()
    assert HOME not in masked
    assert "l****@example.com" in masked
    for text in (HOME, "lilei.home"):
        assert list(selectors.customers_found(cast.wang, text)) == [known]
        assert not selectors.customers_found(cast.admin, text)


@pytest.mark.parametrize("field", ["email", "email2"])
def test_who_types_it_again_is_told(cast, known, sign_in, field):
    client = sign_in(cast.wang)
    asked = client.post(reverse("customer_new"), typed(name="另一个", phone="13800002222", **{field: HOME.upper()}))
    assert asked.status_code == 422
    assert "李雷" in asked.content.decode()
    assert "李雷" in client.post(reverse("customer_known"), {field: HOME}).content.decode()


def test_no_address_is_refused_where_it_is_typed_and_over_the_api(cast, known, sign_in):
    refused = sign_in(cast.wang).post(reverse("customer_new"), typed(email2="not an address"))
    assert set(refused.context["form"].errors) == {"email2"}
    api = APIClient()
    api.force_authenticate(cast.wang)
    row = api.get(f"/api/v1/customers/{known.pk}/")
    assert row.data["email2"] == HOME
    answer = api.patch(f"/api/v1/customers/{known.pk}/", {"email2": "nope"}, format="json", HTTP_IF_MATCH=row["ETag"])
    assert (answer.status_code, set(answer.json()["errors"])) == (400, {"email2"})
    api.force_authenticate(cast.admin)
    assert api.get(f"/api/v1/customers/{known.pk}/").data["email2"] == "l****@example.com"
