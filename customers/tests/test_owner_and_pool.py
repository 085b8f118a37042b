"""Owners: transfer with history, the team follows, claim from the pool, shares, bulk acts."""

import pytest
from django.urls import reverse

from accounts.services import user_change
from core import clock
from customers import services
from customers.models import Customer, CustomerFacts, Industry, Tag
from tests.races import at_once


@pytest.fixture
def pooled(cast):
    """A customer without owner, with a secret in every field."""
    customer = services.customer_create(
        by=cast.lead,
        name="公海电缆",
        kind="company",
        phone="13700001111",
        email="secret@cable.example.com",
        region="常州",
        industry=Industry.objects.create(code="secret", name_en="秘密行业", name_zh="秘密行业"),
        notes="秘密备注",
    )
    services.contact_add(customer=customer, by=cast.lead, name="秘密联系人")
    return customer


def test_a_transfer_moves_the_team_and_writes_history(cast, customer):
    services.customer_transfer(customer=customer, to=cast.outsider, by=cast.manager, reason="换区域")
    row = Customer.objects.get(pk=customer.pk)
    change = row.owner_changes.get()
    assert (row.owner, row.team, row.version) == (cast.outsider, cast.north, 2)
    assert (change.from_user, change.to_user, change.by, change.reason) == (
        cast.wang,
        cast.outsider,
        cast.manager,
        "换区域",
    )


def test_who_moves_into_another_team_takes_the_customers_along(cast, customer):
    binned = Customer.objects.create(number="B", name="B", owner=cast.wang, team=cast.shanghai, deleted_at=clock.now())
    other = Customer.objects.create(number="O", name="O", owner=cast.li, team=cast.shanghai)
    user_change(user=cast.wang, changes={"team": cast.north}, by=cast.admin)
    teams = dict(Customer.all_objects.values_list("number", "team__name"))
    assert teams == {customer.number: "North", binned.number: "North", other.number: "Shanghai"}


def test_a_transfer_to_the_same_owner_is_no_act(cast, customer):
    services.customer_transfer(customer=customer, to=cast.wang, by=cast.manager)
    assert not customer.owner_changes.exists()


def test_a_pool_customer_shows_number_name_tier_and_region_only(cast, pooled, sign_in):
    text = sign_in(cast.outsider).get(reverse("customer", args=[pooled.pk])).content.decode()
    assert all(shown in text for shown in ("公海电缆", pooled.number, "常州"))
    assert not any(hidden in text for hidden in ("秘密", "1370", "1111", "secret@"))


def test_the_pool_list_shows_no_more_and_cannot_be_filtered_by_hidden_facts(cast, pooled, sign_in):
    CustomerFacts.objects.filter(pk=pooled.pk).update(lifecycle="lost", r=5, f=5, m=5)
    client = sign_in(cast.outsider)
    assert "公海电缆" in client.get(reverse("customer_list"), {"view": "pool"}).content.decode()
    assert "秘密行业" not in client.get(reverse("customer_list"), {"view": "pool"}).content.decode()
    for hidden in ({"lifecycle": "loyal"}, {"r": 1}, {"sort": "bought"}):
        assert "公海电缆" in client.get(reverse("customer_list"), {"view": "pool", **hidden}).content.decode()
    assert "公海电缆" not in client.get(reverse("customer_list"), {"q": "公海", "lifecycle": "lost"}).content.decode()


def test_a_service_owner_opens_the_file_to_nobody_else(cast, pooled, sign_in):
    Customer.objects.filter(pk=pooled.pk).update(service_owner=cast.li)
    address = reverse("customer", args=[pooled.pk])
    assert "秘密" not in sign_in(cast.outsider).get(address).content.decode()
    assert "秘密" not in sign_in(cast.wang).get(address).content.decode()
    assert "秘密备注" in sign_in(cast.li).get(address).content.decode(), "the twin: who serves it reads it"
    assert "秘密备注" in sign_in(cast.lead).get(address).content.decode()


def test_previous_and_next_rank_a_pool_customer_by_nothing_hidden(cast, pooled, sign_in):
    """Else a rep could walk a list sorted by value and learn between which two the hidden one stands."""
    for number, monetary in (("K1", 100), ("K2", 900)):
        own = Customer.objects.create(number=number, name=number, owner=cast.outsider)
        CustomerFacts.objects.update_or_create(pk=own.pk, defaults={"monetary": monetary})
    CustomerFacts.objects.update_or_create(pk=pooled.pk, defaults={"monetary": 500})
    client = sign_in(cast.outsider)
    for way in ("previous", "next"):
        answer = client.get(reverse("customer_step", args=[pooled.pk, way]), {"list": "view=all&sort=value"})
        assert answer.url.startswith(reverse("customer", args=[pooled.pk]))


def test_claiming_makes_it_mine(cast, pooled, sign_in):
    sign_in(cast.outsider).post(reverse("customer_claim", args=[pooled.pk]))
    assert Customer.objects.get(pk=pooled.pk).owner == cast.outsider


def test_what_has_an_owner_cannot_be_claimed(cast, customer, sign_in):
    assert sign_in(cast.outsider).post(reverse("customer_claim", args=[customer.pk])).status_code == 404
    assert sign_in(cast.lead).post(reverse("customer_claim", args=[customer.pk])).status_code == 403
    with pytest.raises(services.AlreadyOwnedError):
        services.customer_claim(customer=customer, by=cast.outsider)


@pytest.mark.django_db(transaction=True)
def test_of_six_who_claim_at_once_one_gets_it(cast, pooled):
    people = [cast.wang, cast.li, cast.outsider] * 2

    def claim(turn: int) -> bool:
        try:
            services.customer_claim(customer=Customer.objects.get(pk=pooled.pk), by=people[turn])
        except services.AlreadyOwnedError:
            return False
        return True

    assert sum(at_once(claim, 6)) == 1


def test_a_share_opens_the_file_and_ending_it_closes_it(cast, customer, sign_in):
    services.customer_share(customer=customer, user=cast.outsider, by=cast.wang)
    assert sign_in(cast.outsider).get(reverse("customer", args=[customer.pk])).status_code == 200
    services.customer_unshare(customer=customer, user_id=cast.outsider.pk, by=cast.wang)
    assert sign_in(cast.outsider).get(reverse("customer", args=[customer.pk])).status_code == 404


def test_bulk_acts_leave_foreign_rows_alone_without_a_word(cast, customer, sign_in):
    foreign = services.customer_create(by=cast.outsider, owner=cast.outsider, name="外组客户", phone="13600002222")
    tag = Tag.objects.create(name="重点")
    both = {"ids": [customer.pk, foreign.pk], "confirm": "1", "tag": tag.pk}
    client = sign_in(cast.wang)
    question = client.post(reverse("customers_tag"), {"ids": both["ids"]}).content.decode()
    assert "外组客户" not in question
    client.post(reverse("customers_tag"), both)
    assert list(tag.customers.all()) == [customer]


def test_a_lead_hands_many_over_with_a_reason(cast, customer, sign_in):
    sent = {"ids": [customer.pk], "confirm": "1", "to": cast.li.pk, "reason": "休假"}
    client = sign_in(cast.lead)
    assert client.post(reverse("customers_assign"), {**sent, "reason": ""}).status_code == 422
    client.post(reverse("customers_assign"), sent)
    assert Customer.objects.get(pk=customer.pk).owner == cast.li
    assert sign_in(cast.wang).post(reverse("customers_assign"), sent).status_code == 403


def test_an_owner_must_be_chosen_and_the_pool_only_by_name(cast, customer, sign_in):
    """The pool used to be preselected: one press gave everything away."""
    client = sign_in(cast.lead)
    sent = {"ids": [customer.pk], "confirm": "1", "reason": "休假"}
    assert client.post(reverse("customers_assign"), {**sent, "to": ""}).status_code == 422
    assert Customer.objects.get(pk=customer.pk).owner == cast.wang
    client.post(reverse("customers_assign"), {**sent, "to": "pool"})
    assert Customer.objects.get(pk=customer.pk).owner is None
