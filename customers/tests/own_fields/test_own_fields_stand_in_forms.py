"""Own fields in the forms of a file: checked like built-in ones, kept by kind, merged between two people."""

from __future__ import annotations

import pytest
from django.apps import apps
from django.urls import reverse

from accounts.models import AuditEntry
from customers import services
from customers.forms import EditCustomerForm
from customers.models import Customer
from customers.tests.own_fields.made import EACH, own, put
from ui import conflicts

pytestmark = pytest.mark.django_db


def opened(user, customer):
    """The fields of the form as a browser would send them back untouched."""
    form = EditCustomerForm(user=user, customer=customer)
    conflicts.open_over(form, customer)
    start = {name: form[name].field.prepare_value(form[name].value()) for name in form.fields}
    return {name: value for name, value in start.items() if value not in (None, "", False, [])}


def send(client, customer, **sent):
    return client.post(reverse("customer_edit", args=[customer.pk]), sent)


@pytest.mark.parametrize("kind", EACH)
def test_what_is_typed_is_kept_by_its_kind_and_shown(cast, customer, sign_in, kind):
    sent, kept, words = EACH[kind]
    own(cast.admin, kind)
    client = sign_in(cast.wang)
    assert send(client, customer, **opened(cast.wang, customer), **{f"own_{kind}": sent}).status_code == 302
    customer.refresh_from_db()
    assert customer.own == {kind: kept}
    assert customer.version == 2
    assert words in client.get(reverse("customer", args=[customer.pk])).content.decode()
    # Sent back untouched nothing changes; emptied it is gone.
    again = opened(cast.wang, customer)
    assert send(client, customer, **again).status_code == 302
    assert Customer.objects.get(pk=customer.pk).version == 2
    again.pop(f"own_{kind}")
    assert send(client, customer, **again).status_code == 302
    assert Customer.objects.get(pk=customer.pk).own == {}


def test_a_colleague_is_chosen_among_those_one_may_know(cast, customer, sign_in):
    own(cast.admin, "person", "Engineer")
    client = sign_in(cast.wang)
    assert send(client, customer, **opened(cast.wang, customer), own_engineer=cast.outsider.pk).status_code == 422
    assert send(client, customer, **opened(cast.wang, customer), own_engineer=cast.li.pk).status_code == 302
    assert Customer.objects.get(pk=customer.pk).own == {"engineer": cast.li.pk}
    assert cast.li.name in client.get(reverse("customer", args=[customer.pk])).content.decode()


BAD = [
    *(("figure", "12x"), ("figure", "1e999"), ("money", "€5"), ("date", "31.2."), ("date", "0001-01-01")),
    *(("choice", "x"), ("yes_no", "x"), ("text", "x" * 501)),
]


@pytest.mark.parametrize(("kind", "value"), BAD)
def test_a_bad_value_is_refused_beside_its_field_and_never_stored(cast, customer, sign_in, kind, value):
    own(cast.admin, kind)
    answer = send(sign_in(cast.wang), customer, **opened(cast.wang, customer), **{f"own_{kind}": value})
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == [f"own_{kind}"]
    assert Customer.objects.get(pk=customer.pk).own == {}


def test_changes_of_different_fields_are_both_kept(cast, customer, sign_in):
    own(cast.admin, name="Badge")
    own(cast.admin, "several", "Colours")
    mine = opened(cast.wang, customer)
    put(customer, cast.lead, badge="7")
    answer = send(sign_in(cast.wang), customer, **mine, own_colours=["blue"])
    assert answer.status_code == 302
    assert Customer.objects.get(pk=customer.pk).own == {"badge": "7", "colours": ["blue"]}


def test_changes_of_one_field_are_asked_and_the_choice_is_saved(cast, customer, sign_in):
    own(cast.admin, "several", "Colours")
    mine = opened(cast.wang, customer)
    put(customer, cast.lead, colours=["red"])
    client = sign_in(cast.wang)
    page = send(client, customer, **mine, own_colours=["blue", "green"])
    assert page.status_code == 409
    assert all(words in page.content.decode() for words in ("Blue, Green", "Red"))
    assert send(client, customer, **dict(page.context["kept"]), own_colours="blue,green").status_code == 302
    assert Customer.objects.get(pk=customer.pk).own == {"colours": ["blue", "green"]}


def test_a_field_of_persons_is_asked_of_persons(cast, customer, sign_in):
    own(cast.admin, name="Shoe size", of="person")
    form = sign_in(cast.wang).get(reverse("customer_edit", args=[customer.pk])).context["form"]
    assert [part.kind for part in form.about if any(bound.name == "own_shoe_size" for bound in part.fields)] == [
        "person"
    ]


def test_what_is_required_is_asked_for_by_both_forms_and_counts(cast, customer, sign_in):
    own(cast.admin, name="Badge", asked="always")
    own(cast.admin, name="Shoe size", of="person", asked="always")
    client = sign_in(cast.wang)
    answer = send(client, customer, **opened(cast.wang, customer))
    assert list(answer.context["form"].errors) == ["own_badge"]
    new = {"kind": "company", "name": "新客", "phone": "13900000001", "channel": "1"}
    answer = client.post(reverse("customer_new"), new)
    assert "own_badge" in answer.context["form"].errors
    assert "own_shoe_size" not in answer.context["form"].errors
    channel = answer.context["form"].fields["channel"].queryset.first().pk
    assert client.post(reverse("customer_new"), new | {"own_badge": "8", "channel": channel}).status_code == 302
    assert Customer.objects.get(name="新客").own == {"badge": "8"}
    missing = client.get(reverse("data_quality"), {"tab": "missing", "lacks": "own_badge"}).content.decode()
    assert customer.name in missing
    assert "新客" not in missing


def test_of_a_new_customer_they_stand_folded_unless_they_are_required(cast, sign_in):
    own(cast.admin, name="Badge")
    own(cast.admin, name="Contract", asked="new")
    form = sign_in(cast.wang).get(reverse("customer_new")).context["form"]
    assert "own_contract" in [bound.name for bound in form.further]
    assert "own_badge" in [bound.name for part in form.more for bound in part.fields]


def test_who_changed_which_field_is_on_record_and_the_history_keeps_the_row_before(cast, customer):
    own(cast.admin, name="Badge")
    put(customer, cast.wang, badge="7")
    put(customer, cast.lead, badge="8")
    line = AuditEntry.objects.filter(act="customer.change").latest("id")
    assert (line.by_id, line.details["own_fields"]) == (cast.lead.pk, ["badge"])
    kept = apps.get_model("customers", "CustomerEvent").objects.filter(pgh_obj_id=customer.pk).order_by("pgh_id")
    assert list(kept.values_list("own", flat=True)) == [{}, {"badge": "7"}]


def test_a_value_goes_with_its_customer(cast, customer):
    own(cast.admin, name="Badge")
    stored = put(customer, cast.wang, badge="7")
    services.customer_delete(customer=stored, by=cast.admin)
    services.customer_purge(customer=stored, by=cast.admin)
    assert not Customer.all_objects.filter(own__has_key="badge").exists()
