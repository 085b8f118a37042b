"""An own field is read by the rule of masking that it names: on the page, in the form, in lists and in files."""

from __future__ import annotations

import csv
import io
import re

import pytest
from django.urls import reverse

from accounts.masking import masked
from accounts.models import AuditEntry, MaskRule
from accounts.scope import MaskedValuesError
from core.base import MaskedWriteError
from core.versions import save_version
from customers.attachments.rights import reads_in_full
from customers.models import Customer
from customers.tests.own_fields.made import own, put

pytestmark = pytest.mark.django_db


@pytest.fixture
def secret(cast, customer):
    """A confidential text and number that reps don't read, and a field that they do."""
    own(cast.admin, name="Margin note", readers="confidential")
    own(cast.admin, "figure", "Margin", readers="confidential")
    own(cast.admin, name="Badge")
    set_mode(cast.wang, "hidden")
    return put(customer, cast.admin, margin_note="canary text", margin="4711", badge="visible badge")


def set_mode(user, mode):
    MaskRule.objects.filter(role=user.role, field_class="confidential").update(mode=mode)


def test_roles_read_confidential_fields_as_they_read_addresses_until_somebody_says_otherwise(cast):
    rules = MaskRule.objects.filter(role__is_builtin=True)
    as_address = set(rules.filter(field_class="address").values_list("role", "relation", "mode"))
    assert set(rules.filter(field_class="confidential").values_list("role", "relation", "mode")) == as_address


def test_the_page_of_masking_sets_how_a_role_reads_them(cast, sign_in):
    page = sign_in(cast.admin).get(reverse("masking")).content.decode()
    assert "Confidential own fields" in page
    assert 'name="confidential.own"' in page


def test_hidden_values_stand_neither_on_the_page_nor_in_the_form(cast, secret, sign_in):
    client = sign_in(cast.wang)
    page = client.get(reverse("customer", args=[secret.pk])).content.decode()
    assert "visible badge" in page
    assert "Margin" not in page
    form = client.get(reverse("customer_edit", args=[secret.pk]))
    assert "canary" not in form.content.decode()
    assert [name for name in form.context["form"].fields if name.startswith("own_")] == ["own_badge"]
    assert "canary text" in sign_in(cast.lead).get(reverse("customer", args=[secret.pk])).content.decode()


def test_of_a_masked_text_the_beginning_is_shown_and_of_a_number_nothing(cast, secret, sign_in):
    set_mode(cast.wang, "mask")
    page = sign_in(cast.wang).get(reverse("customer", args=[secret.pk])).content.decode()
    assert "ca****" in page
    assert "canary" not in page
    assert "4,711" not in page


def test_a_post_of_a_field_that_one_may_not_read_changes_nothing(cast, secret, sign_in):
    client, url = sign_in(cast.wang), reverse("customer_edit", args=[secret.pk])
    form = client.get(url).context["form"]
    start = {name: form[name].value() for name in form.fields if form[name].value() not in (None, "", False, [])}
    assert client.post(url, start | {"own_margin": "1", "own_badge": "new"}).status_code == 302
    assert Customer.objects.get(pk=secret.pk).own == {"margin_note": "canary text", "margin": "4711", "badge": "new"}


def test_a_masked_file_is_never_written_back(cast, secret):
    seen = masked(cast.wang, Customer.objects.get(pk=secret.pk))
    assert seen.own == {"badge": "visible badge"}
    assert masked(cast.wang, seen).own == seen.own
    with pytest.raises(MaskedWriteError):
        seen.save()
    with pytest.raises(MaskedWriteError):
        save_version(seen, {"own": {}}, version=seen.version, by=cast.wang)
    deferred = masked(cast.lead, Customer.objects.defer("own").get(pk=secret.pk))
    assert deferred.own == {}  # never read behind the mask


def test_plain_values_do_not_leave_by_the_back_door(cast, secret):
    with pytest.raises(MaskedValuesError):
        list(Customer.objects.for_user(cast.wang).values_list("own"))


def test_a_list_is_not_narrowed_by_what_one_may_not_read(cast, secret, sign_in):
    def listed(user, code):
        answer = sign_in(user).get(reverse("customer_list"), {"view": "all", "own": code}).content.decode()
        return secret.name in answer

    assert listed(cast.lead, "margin")
    assert not listed(cast.wang, "margin")
    assert listed(cast.wang, "badge")


def test_what_one_may_not_read_is_not_missing_whether_it_is_filled_or_not(cast, customer, sign_in):
    own(cast.admin, name="Verdict", readers="confidential", asked="wanted")
    own(cast.admin, name="Badge", asked="wanted")
    set_mode(cast.wang, "hidden")
    listed = f"{reverse('data_quality')}?tab=missing"

    def told(user):
        client = sign_in(user)
        pages = (reverse("customer", args=[customer.pk]), listed, f"{listed}&lacks=own_verdict")
        texts = [client.get(page).content.decode() for page in pages]
        return ["Verdict" in text for text in texts], re.findall(r"\d+%", "".join(texts))

    empty = told(cast.wang)
    assert empty[0] == [False, False, False]
    assert told(cast.lead)[0] == [True, True, True]
    assert "Badge" in sign_in(cast.wang).get(listed).content.decode()
    put(customer, cast.admin, verdict="canary")
    assert told(cast.wang) == empty


def test_settings_do_not_count_what_one_may_not_read(cast, secret, sign_in):
    page = sign_in(cast.admin).get(reverse("own_field_list")).content.decode()
    assert "own=margin" not in page  # administrators read confidential values masked
    assert "own=badge" in page


def test_files_hold_what_their_reader_may_read(cast, secret, sign_in):
    def exported():
        answer = sign_in(cast.lead).post(
            f"{reverse('customer_export')}?view=all", {"reason": "for the year's talk", "file": "csv"}
        )
        text = b"".join(answer.streaming_content).decode("utf-8-sig")
        head, row = csv.reader(io.StringIO(text))
        return dict(zip(head, row, strict=True))

    row = exported()
    assert (row["Margin note"], row["Margin"], row["Badge"]) == ("canary text", "4711", "visible badge")
    set_mode(cast.lead, "mask")
    row = exported()
    assert row["Margin note"] == "ca****"
    assert "Margin" not in row
    set_mode(cast.lead, "hidden")
    assert "Margin note" not in exported()


def test_the_audit_log_does_not_say_by_which_confidential_value_a_file_was_narrowed(cast, secret, sign_in):
    """Its lines about a customer are read by people who don't read the value on the customer's page."""
    asked = "?view=all&own_margin_note=canary&own_margin-from=4000&own=margin&own_badge=visible"
    answer = sign_in(cast.lead).post(reverse("customer_export") + asked, {"reason": "an audit", "file": "csv"})
    assert secret.name in b"".join(answer.streaming_content).decode()
    told = str(AuditEntry.objects.get(act="customer.export").details["told"])
    assert "Margin note: ****" in told
    assert "Badge: visible" in told
    assert not any(value in told for value in ("canary", "4000", "4,000", "Own field filled in: Margin"))


def test_a_reveal_shows_them_in_full(cast, secret, sign_in):
    url = reverse("customer_reveal", args=[secret.pk])
    page = sign_in(cast.admin).post(url, {"reason": "an audit"}).content.decode()
    assert "canary text" in page
    assert "4,711" in page


def test_the_pool_shows_none_of_them(cast, secret, sign_in):
    Customer.objects.filter(pk=secret.pk).update(owner=None, team=None)
    client = sign_in(cast.wang)
    assert "visible badge" not in client.get(reverse("customer", args=[secret.pk])).content.decode()
    listed = client.get(reverse("customer_list"), {"view": "pool", "own": "badge"}).content.decode()
    assert "visible badge" not in listed


def test_whoever_reads_all_ways_to_reach_a_customer_still_opens_its_files(cast, secret):
    assert reads_in_full(cast.wang, Customer.objects.get(pk=secret.pk))
