"""What people earn, are like and decide by has a rule of masking of its own, which every way to a file obeys."""

from __future__ import annotations

import csv
import io

import pytest
from django.urls import reverse
from rest_framework.test import APIClient

from accounts.masking import masked, may_read
from accounts.models import AuditEntry, MaskRule
from accounts.scope import MaskedValuesError
from core.base import MaskedWriteError
from customers import services
from customers.duplicates.forms import differences
from customers.masks import PROFILE
from customers.models import CATALOGUES, Customer, DecisionStyle, IncomeBand, Kind, Level, RequiredFields
from customers.required import FIELDS, forget, missing_of
from customers.services import Left, Setting, customers_set
from customers.tests.imports.test_a_file_brings_own_fields import written
from segmentation.segments.fields import may_ask
from segmentation.tests.segments_made import a_segment

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("defaults")]
TEXTS = {"spending_habits": "月底集中采购", "personality": "沉稳可靠", "communication_style": "先给结论再说"}
WORDS = (*TEXTS.values(), "Rational", "100,000", "High", "Price, trust")


@pytest.fixture
def known(customer):
    """A customer of 小王 with a whole profile, which reps don't read."""
    Customer.objects.filter(pk=customer.pk).update(
        kind="person",
        income_band=IncomeBand.objects.get(code="100k-200k"),
        decision_style=DecisionStyle.objects.get(code="rational"),
        price_sensitivity="high",
        reasons=["price", "trust"],
        **TEXTS,
    )
    customer.refresh_from_db()
    return customer


@pytest.fixture
def hidden(cast, known):
    """The same, hidden from reps."""
    read_as(cast.wang, "hidden")
    return known


def api(user):
    client = APIClient()
    client.force_authenticate(user)
    return client


def read_as(user, mode):
    MaskRule.objects.filter(role=user.role, field_class="profile").update(mode=mode)


def told(text):
    return [words for words in WORDS if words in text]


def test_everybody_who_sees_a_file_reads_it_until_the_company_says_otherwise(cast, known, sign_in):
    assert set(MaskRule.objects.filter(field_class="profile").values_list("mode", flat=True)) == {"full"}
    assert told(sign_in(cast.admin).get(reverse("customer", args=[known.pk])).content.decode()) == list(WORDS)
    page = sign_in(cast.admin).get(reverse("masking")).content.decode()
    assert 'name="profile.own"' in page


def test_the_page_its_form_and_its_origins_show_nothing_of_it(cast, hidden, sign_in):
    client, here = sign_in(cast.wang), reverse("customer_edit", args=[hidden.pk])
    form = client.get(here)
    pages = [reverse("customer", args=[hidden.pk]), reverse("customer_origins", args=[hidden.pk])]
    text = "".join(client.get(page).content.decode() for page in pages) + form.content.decode()
    assert told(text) == []
    assert not set(PROFILE) & set(form.context["form"].fields)
    assert client.get(reverse("customer_field", args=[hidden.pk, "personality"])).status_code == 403
    start = {name: form.context["form"][name].value() for name in form.context["form"].fields}
    filled = {name: value for name, value in start.items() if value not in (None, "", False, [])}
    assert client.post(here, filled | {"personality": "canary", "region": "苏州"}).status_code == 302
    hidden.refresh_from_db()
    assert (hidden.personality, hidden.region) == ("沉稳可靠", "苏州")


def test_masked_the_beginning_of_a_text_is_left_and_nothing_of_a_choice(cast, known, sign_in):
    read_as(cast.wang, "mask")
    page = sign_in(cast.wang).get(reverse("customer", args=[known.pk])).content.decode()
    assert told(page) == []
    assert all(f"{text[:2]}****" in page for text in TEXTS.values())


def test_a_masked_file_is_never_written_back_nor_read_behind_the_mask(cast, hidden):
    rows = Customer.objects.select_related(*CATALOGUES)
    for seen in (rows.get(pk=hidden.pk), Customer.objects.only("number", "owner").get(pk=hidden.pk)):
        row = masked(cast.wang, masked(cast.wang, seen))
        assert {name: getattr(row, name) for name in PROFILE} == {
            **dict.fromkeys(TEXTS, ""),
            **{"income_band": None, "decision_style": None, "price_sensitivity": "", "reasons": []},
        }
        assert not any(may_read(cast.wang, row, name) for name in PROFILE)
        with pytest.raises(MaskedWriteError):
            row.save(update_fields=["reasons"])
    with pytest.raises(MaskedValuesError):
        list(Customer.objects.for_user(cast.wang).values_list("personality"))


def test_nobody_learns_whether_it_is_filled(cast, hidden, sign_in):
    asked = dict.fromkeys(FIELDS[Kind.PERSON], Level.NO) | {"personality": Level.WANTED}
    RequiredFields.objects.update_or_create(kind=Kind.PERSON, defaults=asked)
    forget()
    listed = f"{reverse('data_quality')}?tab=missing"
    for value in ("沉稳可靠", ""):
        Customer.objects.filter(pk=hidden.pk).update(personality=value)
        row = masked(cast.wang, Customer.objects.get(pk=hidden.pk))
        assert missing_of(row, has_contact=False, reached=True) == []
        pages = (listed, f"{listed}&lacks=personality")
        assert not any("Personality" in sign_in(cast.wang).get(page).content.decode() for page in pages)
    assert hidden.name in sign_in(cast.lead).get(listed).content.decode()
    forget()


FILTERS = ({"reason": "trust"}, {"price_sensitivity": "high"}, {"decision_style": "rational"})


def test_lists_and_the_api_are_not_narrowed_by_it(cast, hidden, sign_in):
    client, style = sign_in(cast.wang), DecisionStyle.objects.get(code="rational")
    for asked in FILTERS:
        by_page = asked if "decision_style" not in asked else {"decision_style": style.pk}
        assert not client.get(reverse("customer_list"), {"view": "all", **by_page}).context["list"].chips
        assert api(cast.wang).get("/api/v1/customers/", asked).data["results"] == []
        assert len(api(cast.lead).get("/api/v1/customers/", asked).data["results"]) == 1
    page = client.get(reverse("customer_filters")).content.decode()
    assert "Decision style" not in page
    assert "Decision style" in sign_in(cast.lead).get(reverse("customer_filters")).content.decode()
    shown = client.get(reverse("customer_list"), {"view": "all", "columns": "income_band,industry"}).content.decode()
    assert [words for words in told(shown) if words != "High"] == []  # a tab is called so


def test_the_api_shows_and_takes_nothing_of_it(cast, hidden):
    client, url = api(cast.wang), f"/api/v1/customers/{hidden.pk}/"
    row = client.get(url)
    assert (row.data["personality"], row.data["income_band"], row.data["reasons"]) == ("", None, [])
    for sent in ({"personality": "x"}, {"income_band": None}, {"reasons": []}):
        assert client.patch(url, sent, format="json", HTTP_IF_MATCH=row["ETag"]).status_code == 400
    hidden.refresh_from_db()
    assert (hidden.personality, hidden.reasons) == ("沉稳可靠", ["price", "trust"])


def test_segments_ask_for_it_where_it_is_read(cast, hidden, sign_in):
    assert not set(PROFILE) & set(may_ask(cast.wang))
    assert set(PROFILE) <= set(may_ask(cast.lead))
    condition = {"field": "personality", "how": "in", "text": "沉稳"}
    row = a_segment(cast.lead, condition, shared=True)
    assert hidden.name in listed_by(sign_in(cast.lead), row)
    assert hidden.name not in listed_by(sign_in(cast.wang), row)
    turned = a_segment(cast.lead, {**condition, "not": True}, shared=True, name="Turned")
    assert hidden.name not in listed_by(sign_in(cast.wang), turned)


def listed_by(client, segment):
    return client.get(reverse("customer_list"), {"view": "all", "segment": segment.pk}).content.decode()


def test_files_hold_it_as_it_is_read_and_the_log_says_no_value(cast, known, sign_in):
    def taken(query=""):
        answer = sign_in(cast.lead).post(
            f"{reverse('customer_export')}?view=all{query}", {"reason": "a talk", "file": "csv"}
        )
        head, row = csv.reader(io.StringIO(b"".join(answer.streaming_content).decode("utf-8-sig")))
        return dict(zip(head, row, strict=True))

    row = taken("&reason=trust")
    assert (row["Personality"], row["Price sensitivity"], row["Income band"][:7]) == ("沉稳可靠", "high", "100,000")
    said = str(AuditEntry.objects.filter(act="customer.export").latest("pk").details["told"])
    assert "What decides a purchase: ****" in said
    read_as(cast.lead, "mask")
    row = taken()
    assert (row["Personality"], row["Price sensitivity"], row["Income band"]) == ("沉稳****", "", "")
    read_as(cast.lead, "hidden")
    assert not {"Personality", "Income band", "What decides a purchase"} & set(taken())


def test_many_at_once_and_files_leave_it_as_it_is(cast, hidden):
    setting = Setting("price_sensitivity", "low")
    done = customers_set(versions={hidden.pk: hidden.version}, setting=setting, by=cast.wang)
    assert (done.changed, done.left[Left.UNREAD]) == (0, 1)
    head = "客户编号,客户名称,收入,性格,价格敏感度,购买决定因素,区域"
    written(cast.wang, f"{head}\n{hidden.number},{hidden.name},over-500k,急躁,low,feeling,杭州\n")
    before = {name: getattr(hidden, name) for name in PROFILE}
    hidden.refresh_from_db()
    assert {name: getattr(hidden, name) for name in PROFILE} == before
    assert hidden.region == "杭州"


def test_a_reveal_shows_it(cast, known, sign_in):
    read_as(cast.admin, "hidden")
    url = reverse("customer_reveal", args=[known.pk])
    assert told(sign_in(cast.admin).post(url, {"reason": "an audit"}).content.decode()) == list(WORDS)


def test_two_files_are_merged_without_showing_it(cast, hidden):
    other = services.customer_create(name="另一家", by=cast.lead, owner=cast.wang, kind="person", personality="急躁")
    assert not {one.name for one in differences(cast.wang, hidden, other)} & set(PROFILE)
    assert "personality" in {one.name for one in differences(cast.lead, hidden, other)}


@pytest.mark.parametrize("page", ["income_band_list", "decision_style_list"])
def test_settings_count_only_for_who_reads_them(cast, known, sign_in, page):
    client, listed = sign_in(cast.admin), f"{reverse('customer_list')}?view=all&amp;{page.removesuffix('_list')}="
    assert listed in client.get(reverse(page)).content.decode()
    read_as(cast.admin, "hidden")
    assert listed not in client.get(reverse(page)).content.decode()
