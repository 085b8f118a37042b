"""Industries, company sizes and market standings are named, ordered, given points, retired and merged in Settings."""

from __future__ import annotations

from datetime import date

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from accounts.models import AuditEntry
from core.versions import StaleVersionError
from customers import services
from customers.defaults import catalogues_ensure
from customers.forms import EditCustomerForm, NewCustomerForm
from customers.models import CATALOGUES, CompanySize, Customer, Industry, MarketStanding
from customers.selectors import entries
from followups.models import Occasion
from intake.models import ImportedRow, ImportJob
from tests.races import at_once

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("defaults")]
CHOSEN = {
    "industry": "textiles",
    "company_size": "10-49",
    "market_standing": "leader",
    "income_band": "100k-200k",
    "decision_style": "rational",
}
FIELDS = pytest.mark.parametrize("field", CHOSEN)


def one(field: str, code: str = ""):
    return CATALOGUES[field].objects.get(code=code or CHOSEN[field])


def page(what: str, field: str) -> str:
    return reverse(f"catalogue_{what}", args=[field, one(field).pk])


def opened(client, url: str) -> dict[str, str]:
    form = client.get(url).context["form"]
    return {name: form[name].value() for name in form.fields if form[name].value() not in (None, "")}


@FIELDS
def test_a_new_company_finds_some_of_each_in_both_languages(field):
    rows = list(entries(CATALOGUES[field]))
    assert len(rows) >= 4
    assert all(row.name_en and row.name_zh and row.name_en != row.name_zh for row in rows)


def test_sizes_go_by_employees_and_standings_are_four():
    assert list(entries(CompanySize).values_list("code", "least", "points")) == [
        ("1-9", 1, 3),
        ("10-49", 10, 6),
        ("50-249", 50, 9),
        ("250-999", 250, 12),
        ("1000-plus", 1000, 15),
    ]
    assert list(entries(MarketStanding).values_list("name_zh", flat=True)) == ["领先者", "挑战者", "追随者", "利基者"]


def test_a_company_with_entries_of_its_own_gets_none_of_ours():
    Industry.objects.all().delete()
    Industry.objects.create(code="own", name_en="Own", name_zh="自己的")
    catalogues_ensure()  # as each start does
    assert list(Industry.objects.values_list("code", flat=True)) == ["own"]


@FIELDS
def test_a_change_shows_everywhere_and_is_on_record(cast, customer, sign_in, field):
    Customer.objects.filter(pk=customer.pk).update(**{field: one(field)})
    client = sign_in(cast.admin)
    before = one(field).name_en
    sent = opened(client, page("edit", field)) | {"name_en": "Quite new", "name_zh": "新的"}
    assert client.post(page("edit", field), sent).status_code == 302
    assert "Quite new" in client.get(reverse("customer", args=[customer.pk])).content.decode()
    details = AuditEntry.objects.get(act="catalogue.change").details
    assert details["name_en"] == [before, "Quite new"]
    listed = client.get(reverse(f"{field}_list")).content.decode()
    assert "Last changes" in listed
    assert "Quite new" in listed


def test_points_and_employees_are_set_and_bounded(cast, sign_in):
    client = sign_in(cast.admin)
    sent = opened(client, page("edit", "company_size"))
    refused = client.post(page("edit", "company_size"), sent | {"points": "16"})
    assert refused.status_code == 422
    assert "Enter points from 0 to 15" in refused.content.decode()
    assert client.post(page("edit", "company_size"), sent | {"points": "8", "least": "12"}).status_code == 302
    assert (one("company_size").points, one("company_size").least) == (8, 12)
    page_now = client.get(reverse("company_size_list")).content.decode()
    assert "from 12 employees" in page_now


def test_two_people_who_change_one_are_told(cast):
    seen = one("industry")
    services.entry_change(row=one("industry"), changes={"points": 5}, by=cast.admin)
    with pytest.raises(StaleVersionError):
        services.entry_change(row=seen, changes={"points": 7}, by=cast.manager)
    services.entry_change(row=seen, changes={"name_zh": "纺织"}, by=cast.manager)
    assert (one("industry").points, one("industry").name_zh) == (5, "纺织")


@FIELDS
def test_no_two_are_called_alike_and_nothing_typed_is_lost(cast, sign_in, field):
    taken = one(field).name_en.upper()
    answer = sign_in(cast.admin).post(reverse("catalogue_new", args=[field]), {"name_en": taken, "name_zh": "全新"})
    assert answer.status_code == 422
    assert "in the list already" in answer.content.decode()
    assert f'value="{taken}"' in answer.content.decode()


@FIELDS
def test_a_new_one_is_offered_last_and_sent_twice_it_is_one(cast, sign_in, field):
    client, url = sign_in(cast.admin), reverse("catalogue_new", args=[field])
    sent = opened(client, url) | {"name_en": "Space", "name_zh": "航天"}
    assert [client.post(url, sent).status_code for _time in range(2)] == [302, 302]
    assert list(entries(CATALOGUES[field]).values_list("code", flat=True))[-1] == "space"
    assert CATALOGUES[field].objects.filter(name_en="Space").count() == 1


@FIELDS
def test_the_order_is_the_one_of_forms(cast, customer, sign_in, field):
    client = sign_in(cast.admin)
    first, second, *_rest = entries(CATALOGUES[field])
    url = reverse("catalogue_move", args=[field, second.pk])
    for _press in range(2):  # a second press of the same button does no harm
        client.post(url, {"above": first.pk})
    assert list(entries(CATALOGUES[field]))[:2] == [second, first]
    line = AuditEntry.objects.get(act="catalogue.move")
    assert first.pk in line.details.values()
    offered = EditCustomerForm(user=cast.wang, customer=customer).fields[field].queryset
    assert list(offered) == list(entries(CATALOGUES[field]))


@FIELDS
def test_a_retired_one_is_kept_by_who_has_it_and_found(cast, customer, sign_in, field):
    row = one(field)
    Customer.objects.filter(pk=customer.pk).update(**{field: row})
    client = sign_in(cast.admin)
    client.post(page("retire", field))
    assert row not in entries(CATALOGUES[field])
    assert NewCustomerForm(user=cast.wang).fields["industry"].queryset.filter(code="textiles").exists() is (
        field != "industry"
    )
    assert f"view=all&amp;{field}={row.pk}" in client.get(reverse(f"{field}_list"), {"tab": "retired"}).content.decode()
    shown = client.get(reverse("customer_list"), {"view": "all", field: row.pk})
    assert [found.pk for found in shown.context["page"].rows] == [customer.pk]
    assert row in client.get(reverse("customer_edit", args=[customer.pk])).context["form"].fields[field].queryset
    client.post(page("restore", field))
    assert row in entries(CATALOGUES[field])


@FIELDS
def test_all_of_them_may_be_retired_and_the_page_says_so(cast, sign_in, field):
    for row in entries(CATALOGUES[field]):
        services.entry_retire(row=row, by=cast.admin)
    assert "Nothing is in use" in sign_in(cast.admin).get(reverse(f"{field}_list")).content.decode()


@FIELDS
def test_a_merge_takes_everything_along(cast, customer, sign_in, field):
    row, into = one(field), entries(CATALOGUES[field]).last()
    Customer.objects.filter(pk=customer.pk).update(**{field: row})
    job = ImportJob.objects.create(kind="customers", user=cast.admin)
    before = {f"{field}_id": row.pk, "name": "x"}
    ImportedRow.objects.create(job=job, what="customer", row_id=customer.pk, before=before, mark="1")
    version = customer.version
    client = sign_in(cast.admin)
    assert "1 customer" in client.get(page("merge", field)).content.decode()
    assert client.post(page("merge", field), {"into": into.pk}).status_code == 302
    customer.refresh_from_db()
    assert (getattr(customer, field), customer.version) == (into, version)
    assert ImportedRow.objects.get().before == {f"{field}_id": into.pk, "name": "x"}
    line = AuditEntry.objects.get(act="catalogue.merge")
    assert (line.details["customers_changed"], into.pk in line.details.values()) == (1, True)
    assert f"also for: {row.name_en}" in client.get(reverse(f"{field}_list")).content.decode()
    assert client.get(page("edit", field)).status_code == 404


def test_an_occasion_of_a_merged_industry_is_one_of_the_other(cast):
    into = one("industry", "food")
    occasion = Occasion.objects.create(what="own", name="展会", on=date(2026, 12, 1), industry=one("industry"))
    services.entry_merge(row=one("industry"), into=into, by=cast.admin)
    occasion.refresh_from_db()
    assert occasion.industry == into


def test_of_two_merges_each_into_the_other_one_is_refused(cast):
    leader, niche = one("market_standing"), one("market_standing", "niche")
    services.entry_merge(row=leader, into=niche, by=cast.admin)
    with pytest.raises(ValidationError):
        services.entry_merge(row=niche, into=leader, by=cast.admin)


def test_who_may_look_sees_no_buttons_and_a_rep_not_even_the_page(cast, sign_in):
    page_of_auditor = sign_in(cast.auditor).get(reverse("industry_list")).content.decode()
    assert "Textiles" in page_of_auditor
    assert "formaction" not in page_of_auditor
    assert sign_in(cast.wang).get(reverse("industry_list")).status_code == 403


def test_an_unknown_catalogue_is_not_there_and_channels_keep_their_own_pages(cast, sign_in):
    client = sign_in(cast.admin)
    assert client.get(reverse("catalogue_new", args=["colour"])).status_code == 404
    assert client.get(reverse("catalogue_new", args=["channel"])).status_code == 404


@pytest.mark.django_db(transaction=True)
def test_of_two_people_who_take_one_name_at_once_one_is_told(cast):
    def add(_turn: int) -> str:
        try:
            services.entry_add(Industry, name_en="Space", name_zh="航天", by=cast.admin)
        except ValidationError:
            return "told"
        return "made"

    assert sorted(at_once(add, 2)) == ["made", "told"]
    assert Industry.objects.filter(name_en="Space").count() == 1
