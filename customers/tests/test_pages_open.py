"""Every page of customer files opens for the people who may see it."""

import pytest
from django.urls import reverse

from customers import services
from customers.models import Customer

PAGES = ("customer_list", "customer_filters", "customer_bin", "customer_new", "interaction_new", "search")
ROW_PAGES = ("customer", "customer_edit", "customer_share", "contact_new", "customer_timeline")


@pytest.mark.parametrize("name", PAGES)
def test_a_rep_opens(name, cast, customer, sign_in):
    assert sign_in(cast.wang).get(reverse(name), {"q": "恒远"}).status_code == 200


@pytest.mark.parametrize("name", ROW_PAGES)
def test_the_owner_opens(name, cast, customer, sign_in):
    services.interaction_log(customer=customer, by=cast.wang, kind="call", result="reached", summary="到货日期")
    answer = sign_in(cast.wang).get(reverse(name, args=[customer.pk]))
    assert answer.status_code == 200


def test_the_log_form_opens(cast, customer, sign_in):
    answer = sign_in(cast.wang).get(reverse("interaction_new"), {"customer": customer.pk})
    assert answer.status_code == 200
    assert 'name="next_step"' in answer.content.decode()


def test_a_lead_opens_the_hand_over(cast, customer, sign_in):
    assert sign_in(cast.lead).get(reverse("customer_transfer", args=[customer.pk])).status_code == 200


def test_an_administrator_opens_the_reveal_form(cast, customer, sign_in):
    assert sign_in(cast.admin).get(reverse("customer_reveal", args=[customer.pk])).status_code == 200


def test_a_stranger_gets_404(cast, customer, sign_in):
    assert sign_in(cast.outsider).get(reverse("customer", args=[customer.pk])).status_code == 404


@pytest.mark.parametrize("who", ["lead", "manager", "agent", "auditor", "admin"])
def test_everybody_with_a_wider_view_opens_list_and_file(who, cast, customer, sign_in):
    Customer.objects.create(number="P1", name="公海客户")
    person = sign_in(getattr(cast, who))
    assert person.get(reverse("customer_list")).status_code == 200
    assert person.get(reverse("customer", args=[customer.pk])).status_code == 200


def test_a_reminder_about_a_customer_is_set_from_the_page(cast, customer, sign_in):
    page = sign_in(cast.wang).get(reverse("customer", args=[customer.pk])).content.decode()
    link = f"{reverse('reminder_new')}?customer={customer.pk}"
    assert f'href="{link}"' in page
    assert customer.name in sign_in(cast.wang).get(link).content.decode()


def test_the_sales_column_sorts_the_largest_first_and_then_turns(cast, customer, sign_in):
    client = sign_in(cast.wang)
    assert "sort=-value" in client.get(reverse("customer_list")).content.decode()
    assert "sort=value" in client.get(reverse("customer_list"), {"sort": "-value"}).content.decode()


def test_chips_name_days_instead_of_codes(cast, customer, sign_in):
    client = sign_in(cast.wang)
    client.cookies["django_language"] = "en"
    page = client.get(reverse("customer_list"), {"silent": "30"}).content.decode()
    assert ">over 30 days</span>" in page
