"""The company's name and to whom it sells: set on its page, seen at once, on record, never over a change of others."""

import pytest
from django.urls import reverse
from django.utils.html import strip_tags

from accounts.models import AuditEntry
from core import company
from core.models import Company
from core.versions import StaleVersionError
from workbench.settings.services import company_change

pytestmark = pytest.mark.django_db
URL = "/settings/company/"


@pytest.fixture
def save(django_capture_on_commit_callbacks):
    """Posts a form as the transaction of a real request would end."""

    def post(client, sent):
        with django_capture_on_commit_callbacks(execute=True):
            return client.post(URL, sent)

    return post


def opened(client):
    """The fields of the form as a browser sends them back untouched."""
    form = client.get(URL).context["form"]
    return {name: form[name].value() for name in form.fields if form[name].value() not in (None, "")}


def others(cast, **changes):
    company_change(row=Company.objects.get(), changes=changes, by=cast.admin)


def test_a_new_name_stands_at_once_in_the_menu_and_on_the_sign_in_page(cast, sign_in, client, save):
    assert "恒远机械" not in client.get(reverse("login")).content.decode()
    admin = sign_in(cast.admin)
    assert save(admin, opened(admin) | {"name": " 恒远机械 "}).status_code == 302
    assert company.company().name == "恒远机械"
    assert "恒远机械 · Shanghai" in sign_in(cast.wang).get(reverse("profile")).content.decode()
    assert "恒远机械" in client.get(reverse("login")).content.decode()


def test_a_name_is_needed_and_only_known_answers_count(cast, sign_in, save):
    admin = sign_in(cast.admin)
    answer = save(admin, opened(admin) | {"name": "  ", "sells_to": "everybody"})
    assert answer.status_code == 422
    assert set(answer.context["form"].errors) == {"name", "sells_to"}
    assert (company.company_now().name, company.company_now().sells_to) == ("Keben", "both")


def test_time_zone_and_currency_are_shown_and_stay(cast, sign_in, save):
    admin = sign_in(cast.admin)
    page = admin.get(URL).content.decode()
    assert all(words in page for words in ("Asia/Shanghai", "CNY", "be changed any more"))
    save(admin, opened(admin) | {"name": "x", "time_zone": "UTC", "currency": "USD"})
    row = company.company_now()
    assert (row.name, row.time_zone, row.currency) == ("x", "Asia/Shanghai", "CNY")


def test_who_only_sees_settings_reads_the_page_and_changes_nothing(cast, sign_in, save):
    auditor = sign_in(cast.auditor)
    page = auditor.get(URL).content.decode()
    assert "We sell to" in page
    assert 'name="sells_to"' not in page
    assert save(auditor, {"name": "x", "sells_to": "persons"}).status_code == 403
    assert company.company_now().name == "Keben"


def test_who_changed_it_and_from_what_stands_on_the_page_and_in_the_audit_log(cast, sign_in, save):
    admin = sign_in(cast.admin)
    save(admin, opened(admin) | {"name": "恒远机械", "sells_to": "persons"})
    save(admin, opened(admin))
    assert AuditEntry.objects.get(act="company.change").details == {
        "name": ["Keben", "恒远机械"],
        "sells_to": ["both", "persons"],
    }
    (change,) = admin.get(URL).context["changes"]
    assert change.by == cast.admin.name
    assert [tuple(map(strip_tags, words)) for words in change.fields] == [
        ("Company name", "Keben", "恒远机械"),
        ("We sell to", "both", "persons"),
    ]
    line = admin.get(reverse("audit_list"), {"act": "company.change"}).content.decode()
    assert "changed the company" in line
    assert 'data-field="we sell to"' in line


def test_who_may_not_view_the_audit_log_sees_no_changes(cast, sign_in):
    others(cast, name="恒远机械")
    page = sign_in(cast.manager).get(URL)
    assert page.context["changes"] == []
    assert "Last changes" not in page.content.decode()


def test_two_people_keep_what_only_one_of_them_changed(cast, sign_in, save):
    admin = sign_in(cast.admin)
    sent = opened(admin)
    others(cast, sells_to="persons")
    assert save(admin, sent | {"name": "恒远机械"}).status_code == 302
    row = company.company_now()
    assert (row.name, row.sells_to) == ("恒远机械", "persons")


def test_what_both_changed_is_asked_side_by_side(cast, sign_in, save):
    admin = sign_in(cast.admin)
    sent = opened(admin)
    others(cast, name="theirs")
    asked = save(admin, sent | {"name": "mine"})
    assert asked.status_code == 409
    assert company.company_now().name == "theirs"
    (question,) = asked.context["fields"]
    assert (question.mine[1], question.theirs[1]) == ("mine", "theirs")
    assert save(admin, dict(asked.context["kept"]) | {"name": "mine"}).status_code == 302
    assert company.company_now().name == "mine"


def test_the_service_never_writes_over_a_value_it_has_not_seen(cast):
    seen = Company.objects.get()
    others(cast, name="theirs")
    with pytest.raises(StaleVersionError):
        company_change(row=seen, changes={"name": "mine"}, by=cast.admin)
    assert Company.objects.get().name == "theirs"


def test_the_card_leads_there(cast, sign_in):
    assert f'href="{URL}"' in sign_in(cast.admin).get(reverse("settings")).content.decode()
