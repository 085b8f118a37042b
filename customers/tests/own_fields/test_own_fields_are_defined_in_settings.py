"""Own fields are defined, changed, ordered, retired and restored in Settings, on record, and nothing stored is lost."""

from __future__ import annotations

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from accounts.models import AuditEntry
from customers import services
from customers.models import Customer, OwnField, own_fields
from customers.tests.own_fields.made import EACH, own, put

pytestmark = pytest.mark.django_db
LIST = "own_field_list"


def opened(client, url: str) -> dict[str, str]:
    form = client.get(url).context["form"]
    rows = enumerate(form.option_rows)
    options = {f"options-{n}-{name}": value for n, row in rows for name, value in row.items() if value}
    start = {name: form[name].value() for name in form.fields if name != "options"}
    return {name: value for name, value in {**start, **options}.items() if value not in (None, "")}


@pytest.mark.parametrize("kind", [*EACH, "person"])
def test_a_field_of_each_kind_is_made_and_sent_twice_it_is_one(cast, sign_in, kind):
    client, url = sign_in(cast.admin), f"{reverse('own_field_new')}?kind={kind}"
    sent = opened(client, url) | {"name_zh": "合同编号", "name_en": "Contract no."}
    if kind in ("choice", "several"):
        sent |= {"options-0-name_zh": "红", "options-1-name_zh": "蓝", "options-1-name_en": "Blue"}
    answers = [client.post(url, sent) for _time in range(2)]
    assert [answer.status_code for answer in answers] == [302, 302], answers[0].content.decode()
    made = OwnField.objects.get()
    assert (made.kind, made.code, made.readers) == (kind, "contract_no", "")
    if made.options:
        assert [(one.code, one.name_en) for one in made.choices] == [("option", "红"), ("blue", "Blue")]
    assert "Contract no." in client.get(reverse(LIST)).content.decode()


def test_the_kind_is_chosen_first(cast, sign_in):
    page = sign_in(cast.admin).get(reverse("own_field_new")).content.decode()
    assert "?kind=money" in page


@pytest.mark.parametrize("what", ["new", "edit", "retire"])
def test_who_only_looks_at_settings_defines_nothing(cast, sign_in, what):
    field = own(cast.admin)
    url = reverse(f"own_field_{what}", args=[] if what == "new" else [field.pk])
    assert sign_in(cast.auditor).post(url).status_code == 403
    assert sign_in(cast.wang).get(reverse(LIST)).status_code == 403


def test_no_two_are_called_alike_even_where_one_is_retired(cast, sign_in):
    services.own_field_retire(row=own(cast.admin, name="Badge"), by=cast.admin)
    with pytest.raises(ValidationError, match="name of an own field already"):
        own(cast.admin, name="BADGE")


def test_a_name_that_nobody_sees_is_none(cast):
    with pytest.raises(ValidationError, match="Give it a name"):
        own(cast.admin, name="\u200b")
    field = own(cast.admin, name="Badge")
    with pytest.raises(ValidationError, match="Give it a name"):
        services.own_field_change(row=field, changes={"name_zh": "\u2060"}, version=1, by=cast.admin)


@pytest.mark.parametrize("options", [["红"], ["红", "红"], []])
def test_a_choice_needs_two_options_of_different_names(cast, sign_in, options):
    client, url = sign_in(cast.admin), f"{reverse('own_field_new')}?kind=choice"
    typed = {f"options-{n}-name_zh": name for n, name in enumerate(options)}
    ticks = {f"options-{n}-used": "on" for n in range(len(options))}
    answer = client.post(url, {"name_zh": "颜色", "name_en": "Colour", **typed, **ticks})
    assert answer.status_code == 422
    assert not OwnField.objects.exists()
    assert all(f'value="{name}"' in answer.content.decode() for name in options)  # nothing typed is lost


def test_a_change_shows_everywhere_and_is_on_record(cast, customer, sign_in):
    field = own(cast.admin, name="Badge")
    put(customer, cast.wang, badge="7")
    client, url = sign_in(cast.admin), reverse("own_field_edit", args=[field.pk])
    assert client.post(url, opened(client, url) | {"name_en": "Membership", "asked": "wanted"}).status_code == 302
    own_fields.forget()
    assert "Membership" in sign_in(cast.wang).get(reverse("customer", args=[customer.pk])).content.decode()
    details = AuditEntry.objects.get(act="own_field.change").details
    assert details == {"own_name_en": ["Badge", "Membership"], "own_asked": ["no", "wanted"]}
    listed = client.get(reverse(LIST)).content.decode()
    assert all(words in listed for words in ("Last changes", "Membership", "not asked for", "wanted"))


def test_two_people_who_change_one_field_are_asked(cast, sign_in):
    field = own(cast.admin, "choice", "Colour")
    client, url = sign_in(cast.admin), reverse("own_field_edit", args=[field.pk])
    mine = opened(client, url)
    services.own_field_change(row=field, changes={"name_en": "Paint"}, version=1, by=cast.admin)
    assert client.post(url, mine | {"options-3-name_zh": "黑", "options-3-used": "on"}).status_code == 302
    field.refresh_from_db()
    assert (field.name_en, [one.name_zh for one in field.choices]) == ("Paint", ["红", "蓝", "绿", "黑"])
    assert client.post(url, mine | {"name_en": "Tint"}).status_code == 409


def test_a_renamed_option_is_the_same_one(cast, customer, sign_in):
    field = own(cast.admin, "choice", "Colour")
    put(customer, cast.wang, colour="blue")
    client, url = sign_in(cast.admin), reverse("own_field_edit", args=[field.pk])
    sent = opened(client, url) | {"options-1-name_en": "Navy"}
    del sent["options-1-used"]
    assert client.post(url, sent).status_code == 302
    own_fields.forget()
    client = sign_in(cast.wang)
    assert "Navy" in client.get(reverse("customer", args=[customer.pk])).content.decode()
    edit = client.get(reverse("customer_edit", args=[customer.pk])).context["form"]
    assert [code for code, _name in edit.fields["own_colour"].choices] == ["", "red", "blue", "green"]
    new = Customer.objects.create(number="K9", name="x", owner=cast.wang)
    other = client.get(reverse("customer_edit", args=[new.pk])).context["form"]
    assert [code for code, _name in other.fields["own_colour"].choices] == ["", "red", "green"]


def test_an_option_that_was_not_sent_stays_and_no_other_gets_its_code(cast, customer, sign_in):
    field = own(cast.admin, "choice", "Colour")
    put(customer, cast.wang, colour="red")
    client, url = sign_in(cast.admin), reverse("own_field_edit", args=[field.pk])
    sent = {name: value for name, value in opened(client, url).items() if not name.startswith("options-0")}
    sent |= {"options-9-name_en": "Red!", "options-9-name_zh": "大红", "options-9-used": "on"}
    assert client.post(url, sent).status_code == 302
    field.refresh_from_db()
    kept = [(one.code, one.name_en, one.used) for one in field.choices]
    assert kept == [("blue", "Blue", True), ("green", "Green", True), ("red_2", "Red!", True), ("red", "Red", False)]


def test_the_order_is_the_one_of_forms(cast, customer, sign_in):
    first, second = own(cast.admin, name="First"), own(cast.admin, name="Second")
    client = sign_in(cast.admin)
    assert client.post(reverse("own_field_move", args=[second.pk]), {"above": first.pk}).status_code == 302
    own_fields.forget()
    form = sign_in(cast.wang).get(reverse("customer_edit", args=[customer.pk])).context["form"]
    assert [bound.name for part in form.about for bound in part.fields][-2:] == ["own_second", "own_first"]


def test_a_retired_field_stands_nowhere_and_comes_back_with_its_values(cast, customer, sign_in):
    field = own(cast.admin, name="Badge")
    put(customer, cast.wang, badge="seven-7")
    client, page = sign_in(cast.admin), reverse("customer", args=[customer.pk])
    assert client.post(reverse("own_field_retire", args=[field.pk])).status_code == 302
    own_fields.forget()
    assert "seven-7" not in client.get(page).content.decode()
    assert "own_badge" not in sign_in(cast.wang).get(reverse("customer_edit", args=[customer.pk])).content.decode()
    assert client.post(reverse("own_field_restore", args=[field.pk])).status_code == 302
    own_fields.forget()
    assert "seven-7" in client.get(page).content.decode()


def test_the_list_says_how_many_hold_something_and_leads_to_them(cast, customer, sign_in):
    own(cast.admin, name="Badge")
    put(customer, cast.wang, badge="7")
    Customer.objects.create(number="K9", name="Nobody", owner=cast.wang)
    client = sign_in(cast.admin)
    row = client.get(reverse(LIST)).content.decode()
    assert "?view=all&amp;own=badge" in row
    listed = client.get(reverse("customer_list"), {"view": "all", "own": "badge"}).content.decode()
    assert customer.name in listed
    assert "Nobody" not in listed
