"""Two people edit one file: one version wins, what doesn't overlap is kept, what does is asked."""

import pytest
from django.urls import reverse

from core.versions import StaleVersionError
from customers import services
from customers.forms import EditCustomerForm
from customers.models import Customer, Industry
from tests.races import at_once
from ui import conflicts, edit_merge


def opened(user, customer):
    """The fields of the form as a browser would send them back untouched."""
    form = EditCustomerForm(user=user, customer=customer)
    conflicts.open_over(form, customer)
    start = {name: form[name].value() for name in form.fields}
    return {name: value for name, value in start.items() if value not in (None, "", False, [])}


def test_changes_of_different_fields_are_both_kept_and_said(cast, customer, sign_in):
    textiles = Industry.objects.get(code="textiles")
    mine = opened(cast.wang, customer)
    services.customer_update(customer=customer, changes={"region": "苏州"}, version=1, by=cast.lead)
    answer = sign_in(cast.wang).post(
        reverse("customer_edit", args=[customer.pk]), {**mine, "industry": textiles.pk}, follow=True
    )
    customer.refresh_from_db()
    assert (customer.region, customer.industry) == ("苏州", textiles)
    assert "Both changes were kept" in answer.content.decode()


def test_changes_of_one_field_are_shown_side_by_side(cast, customer, sign_in):
    mine = opened(cast.wang, customer)
    services.customer_update(customer=customer, changes={"name": "恒远重工"}, version=1, by=cast.lead)
    page = sign_in(cast.wang).post(reverse("customer_edit", args=[customer.pk]), {**mine, "name": "恒远精密"})
    text = page.content.decode()
    assert page.status_code == 409
    assert all(name in text for name in ("恒远精密", "恒远重工", "恒远机械"))
    customer.refresh_from_db()
    assert customer.name == "恒远重工"


def test_the_choice_of_the_conflict_page_is_saved(cast, customer, sign_in):
    mine = opened(cast.wang, customer)
    services.customer_update(customer=customer, changes={"name": "恒远重工"}, version=1, by=cast.lead)
    page = sign_in(cast.wang).post(reverse("customer_edit", args=[customer.pk]), {**mine, "name": "恒远精密"})
    kept = dict(page.context["kept"])
    sign_in(cast.wang).post(reverse("customer_edit", args=[customer.pk]), {**kept, "name": "恒远精密"})
    customer.refresh_from_db()
    assert customer.name == "恒远精密"


def test_nothing_changed_writes_nothing(cast, customer, sign_in):
    sign_in(cast.wang).post(reverse("customer_edit", args=[customer.pk]), opened(cast.wang, customer))
    customer.refresh_from_db()
    assert customer.version == 1


def test_a_tampered_original_saves_nothing(cast, customer, sign_in):
    sent = {**opened(cast.wang, customer), "name": "改了", "original": "x"}
    answer = sign_in(cast.wang).post(reverse("customer_edit", args=[customer.pk]), sent)
    customer.refresh_from_db()
    assert (answer.status_code, customer.name) == (422, "恒远机械")


def test_masked_fields_are_not_offered_and_not_overwritten(cast, customer, sign_in):
    answer = sign_in(cast.admin).post(
        reverse("customer_edit", args=[customer.pk]),
        {**opened(cast.admin, customer), "phone": "138****5678", "name": "新名"},
    )
    customer.refresh_from_db()
    assert answer.status_code == 302
    assert (customer.name, customer.phone) == ("新名", "13812345678")


@pytest.mark.django_db(transaction=True)
def test_of_eight_writers_with_one_version_one_wins(cast, customer):
    def write(turn: int) -> bool:
        try:
            row = Customer.objects.get(pk=customer.pk)
            services.customer_update(customer=row, changes={"region": f"区{turn}"}, version=1, by=cast.wang)
            return True
        except StaleVersionError:
            return False

    won = sum(at_once(write, 8))
    customer.refresh_from_db()
    assert (won, customer.version) == (1, 2)


@pytest.mark.django_db(transaction=True)
def test_twin_without_the_version_all_eight_believe_they_won(cast, customer):
    """The guard off: a plain UPDATE tells everybody "saved" and keeps one."""

    def write(turn: int) -> bool:
        return Customer.objects.filter(pk=customer.pk).update(region=f"区{turn}") == 1

    assert sum(at_once(write, 8)) == 8


def test_merge_knows_mine_theirs_and_conflicts():
    result = edit_merge.merge(
        {"a": 1, "b": 1, "c": 1, "d": 1}, {"a": 2, "b": 1, "c": 2, "d": 2}, {"a": 1, "b": 3, "c": 3, "d": 2}
    )
    assert result.mine == {"a": 2}
    assert result.theirs == {"b": 3}
    assert result.conflicts == {"c": (1, 2, 3)}


def test_a_contact_is_asked_about_in_the_same_way_and_masked_fields_stay_out(cast, customer, sign_in):
    contact = services.contact_add(customer=customer, by=cast.wang, name="陈总", phone="13900000000")
    url = reverse("contact_edit", args=[contact.pk])
    client = sign_in(cast.admin)  # reads phone numbers masked
    form = client.get(url).context["form"]
    mine = {name: form[name].value() for name in form.fields if form[name].value() not in (None, "", False)}
    services.contact_update(
        contact=contact, changes={"position": "采购", "phone": "13911111111"}, version=1, by=cast.wang
    )
    page = client.post(url, mine | {"position": "总经理", "phone": "139****0000"})
    assert page.status_code == 409
    assert [asked.theirs for asked in page.context["fields"]] == [("采购", "采购")]
    assert "13911111111" not in page.content.decode()
    client.post(url, dict(page.context["kept"]) | {"position": "总经理"})
    contact.refresh_from_db()
    assert (contact.position, contact.phone) == ("总经理", "13911111111")
