"""Each month a sheet is made for each team with the figures as they were; its supervisor signs it off, once."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from django.urls import reverse

from accounts.models import AuditEntry
from core import clock
from core.versions import StaleVersionError
from customers import services
from customers.models import Customer, CustomerFacts, ReviewSheet
from customers.quality.figures import keep_month
from customers.services import reviews
from followups.models import Notice

pytestmark = pytest.mark.django_db
LAST = date(2026, 10, 31)  # a Saturday
NOW = datetime(2026, 11, 1, 2, tzinfo=UTC)


@pytest.fixture
def sheet(cast):
    """Shanghai's of October; nobody else has customers but 外组, whose team has one too."""
    with clock.standing_at(NOW):
        for n, owner in enumerate((cast.wang, cast.wang, cast.li, cast.outsider)):
            row = Customer.objects.create(number=f"K{n}", name=f"Firm {n}", owner=owner, team=owner.team)
            CustomerFacts.objects.create(customer=row)
        keep_month(LAST)
        assert reviews.review(LAST) == {"sheets": 2}
        yield ReviewSheet.objects.get(team=cast.shanghai)


def test_the_night_fills_it_in_once_and_figures_stay(cast, sheet, sign_in):
    assert reviews.review(LAST) == {}, "repeated it makes no more"
    Customer.objects.filter(owner=cast.wang).update(region="上海", phone="13800138000", address="路")
    page = sign_in(cast.lead).get(reverse("quality_review", args=[sheet.pk]))
    shown = page.context["sheet"]
    assert (shown.whole.files, shown.before) == (3, None)
    assert {str(label): n for label, n, _before in shown.missing}["region"] == 3
    assert [(name, files.files) for name, files in sorted(shown.people)] == [("小李", 1), ("小王", 2)]
    assert reviews.review(date(2026, 10, 20)) == {}


def test_the_lead_signs_it_off_once_with_a_note(cast, sheet, sign_in):
    client, url = sign_in(cast.lead), reverse("quality_review", args=[sheet.pk])
    page = client.get(url)
    assert "Sign off" in page.content.decode()
    sent = {"act": "sign", "note": "Regions by Friday.", "version": sheet.version}
    assert client.post(url, sent).status_code == 302
    signed = ReviewSheet.objects.get(pk=sheet.pk)
    assert (signed.signed_by, signed.note, signed.signed_at) == (cast.lead, "Regions by Friday.", NOW)
    assert "Regions by Friday." in client.get(url).content.decode()
    assert AuditEntry.objects.get(act="review.sign").details == {
        "review_month": "2026-10-01",
        "review_team": cast.shanghai.pk,
    }
    assert client.post(url, sent | {"note": "again"}).status_code != 302
    with pytest.raises(StaleVersionError):
        services.review_sign(row=sheet, note="again", version=sheet.version, by=cast.manager)
    assert ReviewSheet.objects.get(pk=sheet.pk).note == "Regions by Friday."


def test_who_sees_and_who_signs(cast, sheet, sign_in):
    url = reverse("quality_review", args=[sheet.pk])
    sees = {"wang": 403, "outsider": 403, "agent": 403, "lead": 200, "manager": 200, "auditor": 200, "admin": 200}
    for name, status in sees.items():
        assert sign_in(getattr(cast, name)).get(url).status_code == status, name
    north = ReviewSheet.objects.get(team=cast.north)
    assert sign_in(cast.lead).get(reverse("quality_review", args=[north.pk])).status_code == 404
    assert [row.pk for row in sign_in(cast.manager).get(reverse("quality_review_list")).context["page"].rows] == [
        sheet.pk
    ]
    assert sign_in(cast.auditor).post(url, {"act": "sign", "version": sheet.version}).status_code == 403
    assert "open" in sign_in(cast.manager).get(reverse("quality_board")).content.decode()


def test_open_ones_are_reminded_each_monday(cast, sheet):
    def told():
        return list(Notice.objects.filter(kind=reviews.REVIEW).values_list("user", flat=True).order_by("pk"))

    assert told() == [cast.lead.pk], "North has nobody who signs"
    reviews.review(LAST + timedelta(days=1))  # the night to Monday
    reviews.review(LAST + timedelta(days=1))
    assert told() == [cast.lead.pk] * 2
    services.review_sign(row=sheet, note="", version=sheet.version, by=cast.lead)
    reviews.review(LAST + timedelta(days=8))
    assert len(told()) == 2
    cast.shanghai.lead = cast.manager
    cast.shanghai.save()
    assert reviews.supervisors(cast.shanghai) == [cast.manager]
