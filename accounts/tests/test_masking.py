"""Phone, e-mail and address as each role reads them on own, team and other customers; and the side doors."""

from typing import Any

import pytest

from accounts import masking
from accounts.masking import masked, may_read
from accounts.models import User
from accounts.scope import MaskedValuesError
from core.base import MaskedWriteError
from core.versions import save_version
from customers.models import Contact, Customer, CustomerFacts, CustomerShare

pytestmark = pytest.mark.django_db
PHONE, EMAIL, ADDRESS = "13812345678", "office@hengyuan.example.com", "苏州市工业园区 1 号"
FULL = (PHONE, EMAIL, ADDRESS)
MASK = ("138****5678", "o****@hengyuan.example.com", "苏州****")


def _read(user: User, customer: Customer) -> tuple[str, str, str]:
    row = masked(user, Customer.objects.select_related("facts").get(pk=customer.pk))
    return row.phone, row.email, row.address


@pytest.mark.parametrize(
    ("who", "right"),
    [
        ("wang", FULL),
        ("li", FULL),  # a team mate's row, where it may be seen at all
        ("lead", FULL),
        ("manager", FULL),
        ("outsider", MASK),
        ("agent", MASK),
        ("auditor", MASK),
        ("admin", MASK),
    ],
)
def test_each_role_on_a_customer_of_wang(cast: Any, customer: Customer, who: str, right: tuple[str, ...]) -> None:
    assert _read(getattr(cast, who), customer) == right


def test_own_rows_of_the_administrator_are_masked_too(cast: Any, customer: Customer) -> None:
    Customer.objects.filter(pk=customer.pk).update(owner=cast.admin)
    assert _read(cast.admin, customer) == MASK


def test_a_share_reads_like_own(cast: Any, customer: Customer) -> None:
    CustomerShare.objects.create(user=cast.outsider, customer_id=customer.pk)
    assert _read(User.objects.get(pk=cast.outsider.pk), customer) == FULL


def test_contacts_follow_their_customer(cast: Any, customer: Customer) -> None:
    contact = Contact.objects.create(customer=customer, name="沈", phone=PHONE, email=EMAIL, wechat="shen_1980")
    for user, phone in ((cast.wang, PHONE), (cast.outsider, "138****5678")):
        assert masked(user, Contact.objects.get(pk=contact.pk)).phone == phone


def test_without_a_rule_or_a_reader_it_is_hidden(cast: Any, customer: Customer) -> None:
    cast.wang.role.mask_rules.filter(field_class="phone").delete()
    assert _read(User.objects.get(pk=cast.wang.pk), customer)[0] == masking.HIDDEN_TEXT
    assert _read(None, customer) == (masking.HIDDEN_TEXT,) * 3


def test_masking_twice_is_masking_once(cast: Any, customer: Customer) -> None:
    once = masked(cast.admin, customer)
    assert masked(cast.admin, once).phone == "138****5678"


def test_models_without_sensitive_fields_pass_through(cast: Any, customer: Customer) -> None:
    assert masked(cast.admin, cast.wang) is cast.wang


# --- side doors ------------------------------------------------------------------------------------------------------
def test_a_masked_value_is_never_saved(cast: Any, customer: Customer) -> None:
    row = masked(cast.admin, customer)
    for save in (row.save, lambda: row.save(update_fields=["phone"])):
        with pytest.raises(MaskedWriteError):
            save()
    with pytest.raises(MaskedWriteError):
        save_version(row, {"phone": "1"}, version=row.version, by=cast.admin)
    row.save(update_fields=["region"])  # other fields may
    assert Customer.objects.get(pk=customer.pk).phone == PHONE


@pytest.mark.parametrize(
    "read",
    [
        lambda rows: rows.values("phone"),
        lambda rows: rows.values_list("email", flat=True),
        lambda rows: rows.values(),
        lambda rows: rows.select_related("owner").order_by("pk").values("number", "address"),
    ],
)
def test_plain_values_of_masked_fields_are_refused(cast: Any, customer: Customer, read: Any) -> None:
    with pytest.raises(MaskedValuesError):
        list(read(Customer.objects.for_user(cast.wang)))
    list(Customer.objects.for_user(cast.wang).values("number", "owner__name"))


def test_neither_through_a_relation(cast: Any, customer: Customer) -> None:
    with pytest.raises(MaskedValuesError):
        list(Contact.objects.for_user(cast.wang).values("customer__phone"))


# --- the pool --------------------------------------------------------------------------------------------------------
def test_the_pool_shows_number_name_tier_and_region_only(cast: Any, customer: Customer) -> None:
    Customer.objects.filter(pk=customer.pk).update(
        owner=None, region="江苏", notes="secret", hobbies="golf", birthday="1980-01-01", gender="f"
    )
    CustomerFacts.objects.create(customer=customer, tier="A", tier_rank=2, monetary=999, last_csat=5)
    row = masked(cast.outsider, Customer.objects.select_related("facts").get(pk=customer.pk))
    assert (row.number, row.name, row.region, row.facts.tier) == (customer.number, customer.name, "江苏", "A")
    assert (row.notes, row.hobbies, row.phone) == (masking.HIDDEN_TEXT,) * 3
    assert (row.birthday, row.gender, row.facts.monetary, row.facts.last_csat) == (None, "", None, None)
    assert not may_read(cast.outsider, row, "notes")
    with pytest.raises(MaskedWriteError):
        row.save()


def test_who_sees_all_customers_sees_the_pool_as_usual(cast: Any, customer: Customer) -> None:
    Customer.objects.filter(pk=customer.pk).update(owner=None, notes="read me")
    assert masked(cast.admin, Customer.objects.get(pk=customer.pk)).notes == "read me"


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("13812345678", "138****5678"),
        ("+86 138 1234 5678", "138****5678"),
        ("0512-66668888", "051****8888"),
        ("12345", "****"),
        ("lin_xl", "****"),
        ("8888888", "****88"),
        ("+8613812345678", "138****5678"),
        ("8613812345678", "138****5678"),
        ("0086 138 1234 5678", "138****5678"),
        ("+1 202 555 0123", "+1 202****0123"),
        ("+442079460958", "+44 207****0958"),
        ("+852 9123 4567", "+852 ****67"),
        ("wx13800138015", "138****8015"),
    ],
)
def test_how_a_number_looks(value: str, shown: str) -> None:
    assert masking.mask_value("phone", value) == shown


@pytest.mark.parametrize(
    ("value", "shown"), [("苏州市园区", "苏州****"), ("AAA-", "AA****"), ("AA", "****"), ("D", "****")]
)
def test_of_a_short_text_not_even_the_beginning_is_shown(value: str, shown: str) -> None:
    assert masking.mask_value("confidential", value) == shown
    assert masking.mask_value("address", value) == shown
