"""The company's forms for new customers: what they ask, in which order, what they begin with, and their empty files."""

from __future__ import annotations

import io
import re
import uuid

import openpyxl
import pytest
from django.urls import reverse
from django.utils import translation

from accounts import policy
from accounts.models import AuditEntry
from customers import required, services
from customers.entry.fields import askable, asked_of, label_of
from customers.entry.forms import EntryForm
from customers.models import Channel, Customer, EntryTemplate, Kind, OwnField, Tag, own_fields
from intake.guessing import guessed
from intake.kinds import kind_of

pytestmark = pytest.mark.django_db
NEW = "/customers/new/"


@pytest.fixture
def fair(cast):
    made = services.entry_template_add(
        by=cast.admin,
        name_en="Exhibition",
        name_zh="展会",
        kind=Kind.COMPANY,
        asks=[{"name": "wechat", "must": False}, {"name": "region", "must": True}, {"name": "phone", "must": False}],
        channel=Channel.objects.get(code="exhibition"),
        tags=[Tag.objects.create(name="Fair 2027")],
    )
    return EntryTemplate.objects.get(pk=made.pk)


def typed(**more):
    return {"idempotency_key": str(uuid.uuid4()), "kind": "company", "name": "新锐仪表", "phone": "13800001111", **more}


def test_the_form_asks_in_the_order_of_the_template_and_sets_what_it_begins_with(cast, sign_in, fair):
    client, address = sign_in(cast.wang), f"{NEW}?template={fair.pk}"
    form = client.get(address).context["form"]
    assert [bound.name for bound in form.asked] == ["wechat", "region", "phone"]
    refused = client.post(address, typed())
    assert refused.status_code == 422
    assert list(refused.context["form"].errors) == ["region"]
    assert client.post(address, typed(region="苏州", notes="not asked")).status_code == 302
    made = Customer.objects.get(name="新锐仪表")
    assert (made.channel.code, made.owner, made.notes) == ("exhibition", cast.wang, "")
    assert [tag.name for tag in made.tags.all()] == ["Fair 2027"]
    assert AuditEntry.objects.get(act="customer.create").details["entry_template"] == fair.pk
    # The next one begins with the same form; the other one is a tap away.
    assert client.get(NEW).context["template_row"] == fair
    assert client.get(f"{NEW}?template=0").context["template_row"] is None


def test_one_way_to_reach_them_is_asked_for_as_ever(cast, fair):
    form = EntryForm({"kind": "company", "name": "新锐", "region": "苏州"}, user=cast.wang, template=fair)
    assert list(form.errors) == ["phone"]
    fair.asks = [{"name": "notes", "must": False}]
    form = EntryForm({"kind": "company", "name": "新锐"}, user=cast.wang, template=fair)
    assert form.names == ["phone", "notes"]
    assert list(form.errors) == ["phone"]
    assert not EntryForm({"kind": "person", "name": "新锐", "phone": "1"}, user=cast.wang, template=fair).is_valid()


def test_what_the_company_requires_is_asked_behind_the_template(cast):
    row = required.row_of(Kind.COMPANY)
    services.required_fields_change(row=row, changes={"industry": "new", "contact": "new"}, version=0, by=cast.admin)
    required.forget()
    asks = {"phone": False, "hobbies": True, "own_gone": True}
    assert asked_of(asks, Kind.COMPANY) == {"phone": False, "contact_name": True, "channel": True, "industry": True}


def test_what_one_never_reads_is_neither_asked_nor_in_the_file(cast, sign_in, fair):
    OwnField.objects.create(code="margin", name_en="Margin", name_zh="毛利", readers=policy.CONFIDENTIAL)
    own_fields.forget()
    EntryTemplate.objects.filter(pk=fair.pk).update(
        asks=[{"name": "phone", "must": False}, {"name": "own_margin", "must": True}]
    )
    address = reverse("entry_template_file", args=[fair.pk, "csv"])
    assert "own_margin" in sign_in(cast.wang).get(f"{NEW}?template={fair.pk}").context["form"].fields
    assert "Margin" in sign_in(cast.wang).get(address).content.decode("utf-8-sig")
    cast.wang.role.mask_rules.filter(field_class=policy.CONFIDENTIAL).update(mode=policy.HIDDEN)
    client = sign_in(type(cast.wang).objects.get(pk=cast.wang.pk))
    for page in (f"{NEW}?template={fair.pk}", f"{NEW}?template=0"):
        assert "own_margin" not in client.get(page).context["form"].fields
    assert (
        client.get(address).content.decode("utf-8-sig").strip()
        == "customer name,customer kind,phone,source channel,tags"
    )


def test_the_empty_workbook_is_known_by_the_import(cast, sign_in, fair):
    client = sign_in(cast.wang)
    assert reverse("entry_template_file", args=[fair.pk, "xlsx"]) in client.get(reverse("import_new")).content.decode()
    answer = client.get(reverse("entry_template_file", args=[fair.pk, "xlsx"]))
    book = openpyxl.load_workbook(io.BytesIO(answer.getvalue()))
    head = [cell.value for cell in book.active[1]]
    assert set(guessed(kind_of("customers"), head).mapping) == {
        "name",
        "kind",
        "wechat",
        "region",
        "phone",
        "channel",
        "tags",
    }
    assert client.get(reverse("entry_template_file", args=[fair.pk, "exe"])).status_code == 404


def test_an_administrator_keeps_templates_and_each_change_is_on_record(cast, sign_in, fair):
    client, edit = sign_in(cast.admin), reverse("entry_template_edit", args=[fair.pk])
    form = client.get(edit).context["form"]
    sent = {
        "name_en": "Fair", "name_zh": "展会", "first_owner": "pool", "version": form["version"].value(),
        "original": form["original"].value(), "asks-phone-level": "must", "asks-phone-place": "2",
        "asks-email-level": "may", "asks-email-place": "1", "tags": [],
    }  # fmt: skip
    assert client.post(edit, sent).status_code == 302
    fair = EntryTemplate.objects.get(pk=fair.pk)
    assert fair.fields == {"email": False, "phone": True}
    details = AuditEntry.objects.get(act="entry_template.change").details
    assert details["entry_asks"] == ["wechat, region*, phone", "email, phone*"]
    assert details["entry_tags"] == ["Fair 2027", ""]
    page = client.get(reverse("entry_template_list")).content.decode()
    assert "Phone*" in page
    assert "WeChat" not in page.split("<tbody")[1].split("</tbody")[0]
    # Who may choose the owner begins with what the template proposes, others keep whom they enter.
    assert sign_in(cast.manager).get(f"{NEW}?template={fair.pk}").context["form"]["owner"].value() is None
    assert client.post(reverse("entry_template_retire", args=[fair.pk])).status_code == 302
    assert sign_in(cast.wang).get(f"{NEW}?template={fair.pk}").context["template_row"] is None


def test_a_template_without_fields_or_with_a_name_that_is_taken_is_refused(cast, sign_in, fair):
    client, new = sign_in(cast.admin), f"{reverse('entry_template_new')}?kind=person"
    base = {"idempotency_key": str(uuid.uuid4()), "first_owner": "self", "name_en": "exhibition", "name_zh": "推荐"}
    refused = client.post(new, base)
    assert refused.context["form"].errors["asks"] == ["Choose at least one field that the form asks for."]
    refused = client.post(new, {**base, "asks-phone-level": "may", "first_owner": "named"})
    assert list(refused.context["form"].errors) == ["owner"]
    refused = client.post(new, {**base, "asks-phone-level": "may"})
    assert list(refused.context["form"].errors) == ["name_en"]
    assert EntryTemplate.objects.count() == 1


def test_a_tag_that_is_merged_goes_on_in_templates(cast, fair):
    other = Tag.objects.create(name="Fairs")
    services.tag_merge(tag=fair.tags.get(), into=other, by=cast.admin)
    assert list(fair.tags.all()) == [other]


@pytest.mark.parametrize("kind", Kind.values)
def test_every_field_is_called_by_its_chinese_name(db, kind):
    with translation.override("zh-hans"):
        words = {name: label_of(name) for name in askable(kind)}
    assert [name for name, word in words.items() if not re.search("[\u4e00-\u9fff]", word)] == []
