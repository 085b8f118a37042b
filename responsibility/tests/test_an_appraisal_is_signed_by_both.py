"""An appraisal keeps the figures as they were, is signed by both, and never changes after that."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import InternalError, transaction

from accounts.models import AuditEntry
from core import clock
from core.versions import StaleVersionError
from customers.models import Customer, Interaction
from followups.models import Notice
from responsibility.appraisals import services
from responsibility.duties.services import duties_accept, post_create
from responsibility.models import Appraisal, Measure
from sales.models import Target
from sales.services import order_create
from sales.services.lines import Line

pytestmark = pytest.mark.django_db


@pytest.fixture
def month() -> date:
    return clock.months_back(clock.business_date(), 2)[0]


@pytest.fixture
def sheet(cast: Any, customer: Customer, month: date) -> Appraisal:
    Target.objects.create(user=cast.wang, month=month, metric="visits", value=4)
    noon = clock.day_bounds(month, clock.user_zone(cast.wang))[0] + clock.timedelta(hours=12)
    for _twice in range(2):
        Interaction.objects.create(customer=customer, user=cast.wang, kind="visit", result="done", occurred_at=noon)
    order_create(
        customer=customer,
        by=cast.wang,
        ordered_at=noon,
        lines=[Line(quantity=Decimal(1), unit_price=Decimal(300), description="A")],
    )
    return services.appraisal_begin(person=cast.wang, begins=month, months=1, by=cast.lead)


def written(sheet: Appraisal, by: Any, **changes: Any) -> Appraisal:
    services.appraisal_change(appraisal=sheet, changes=changes, version=sheet.version, by=by)
    return Appraisal.objects.get(pk=sheet.pk)


def signed(sheet: Appraisal, by: Any) -> Appraisal:
    services.appraisal_sign(appraisal=sheet, version=sheet.version, by=by)
    return Appraisal.objects.get(pk=sheet.pk)


def test_figures_are_kept_as_they_were_and_open_their_lists(
    cast: Any, sheet: Appraisal, customer: Customer, month: date, sign_in: Any
) -> None:
    page = sign_in(cast.lead)
    figures = {str(one.label): one for one in page.get(f"/appraisals/{sheet.pk}/").context["figures"]}
    sold, figure = figures["sales"], figures["visits"]
    assert page.get(sold.url).context["list"].total == "1"
    assert (str(figure.label), figure.target, figure.reached, figure.share) == ("visits", "4", "2", 0.5)
    assert page.get(figure.url).context["list"].total == "2"
    Interaction.objects.all().delete()
    kept = next(one for one in page.get(f"/appraisals/{sheet.pk}/").context["figures"] if one.label == "visits")
    assert kept.reached == "2"
    assert page.post(f"/appraisals/{sheet.pk}/figures/").status_code == 302
    now = next(one for one in page.get(f"/appraisals/{sheet.pk}/").context["figures"] if one.label == "visits")
    assert now.reached == "0"


def test_duties_stand_beside_them_with_their_acceptance(cast: Any, month: date) -> None:
    whose = {"name": "客户经理", "team": cast.shanghai, "role": None, "person": None}
    post = post_create(**whose, duties="每周拜访。", by=cast.manager)
    duties_accept(post=post, number=1, by=cast.li)
    for person, accepted in ((cast.wang, False), (cast.li, True)):
        made = services.appraisal_begin(person=person, begins=month, months=1, by=cast.lead)
        (duty,) = made.duties
        assert (duty["name"], duty["version"], duty["accepted_at"] is not None) == ("客户经理", 1, accepted)


def test_both_sign_the_same_words_and_then_nothing_changes(cast: Any, sheet: Appraisal, sign_in: Any) -> None:
    with pytest.raises(ValidationError, match="grade"):
        signed(sheet, cast.lead)
    sheet = written(sheet, cast.lead, strengths="细心", grade="B", incentive=500_000)
    measure = services.measure_add(appraisal=sheet, text="每周两次拜访", due_on=clock.business_date(), by=cast.lead)
    sheet = signed(Appraisal.objects.get(pk=sheet.pk), cast.lead)
    assert Notice.objects.filter(user=cast.wang, kind=services.TO_SIGN).count() == 1
    read = sheet.version
    sheet = written(sheet, cast.wang, answer="同意")
    assert sheet.lead_signed_at is None, "the supervisor has not signed these words"
    with pytest.raises(StaleVersionError):
        services.appraisal_sign(appraisal=sheet, version=read, by=cast.lead)
    page = sign_in(cast.wang)
    assert page.post(f"/appraisals/{sheet.pk}/sign/", {"version": sheet.version}).status_code == 302
    sheet = signed(Appraisal.objects.get(pk=sheet.pk), cast.lead)
    assert sheet.is_closed
    for act in (
        lambda: services.appraisal_change(appraisal=sheet, changes={"grade": "A"}, version=sheet.version, by=cast.lead),
        lambda: services.measure_remove(measure=measure, by=cast.lead),
        lambda: services.figures_refresh(appraisal=sheet, by=cast.lead),
    ):
        with pytest.raises(services.SignedError):
            act()
    for write in (
        lambda: Appraisal.objects.update(grade="A"),
        lambda: Appraisal.objects.all().delete(),
        lambda: Measure.objects.update(text="x"),
    ):
        with pytest.raises(InternalError), transaction.atomic():
            write()
    assert sign_in(cast.lead).get(f"/appraisals/{sheet.pk}/edit/").status_code == 403
    assert page.post(f"/appraisals/measures/{measure.pk}/done/").status_code == 302
    measure.refresh_from_db()
    assert measure.done_by == cast.wang
    acts = set(AuditEntry.objects.filter(act="appraisal.sign").values_list("by", flat=True))
    assert acts == {cast.wang.pk, cast.lead.pk}


def test_the_incentive_is_for_who_may_and_for_the_person(cast: Any, sheet: Appraisal, sign_in: Any) -> None:
    url = f"/appraisals/{sheet.pk}/"
    assert "incentive" not in sign_in(cast.lead).get(f"{url}edit/").context["form"].fields
    page = sign_in(cast.manager)
    said = {"grade": "A", "incentive": "0.5万", "version": sheet.version}
    assert page.post(f"{url}edit/", said | {"incentive": "viel"}).status_code == 422
    assert page.post(f"{url}edit/", said).status_code == 302
    sheet.refresh_from_db()
    assert sheet.incentive == 500_000
    shown = {
        one.name: "5,000" in sign_in(one).get(url).content.decode() for one in (cast.lead, cast.manager, cast.wang)
    }
    assert shown == {"组长": False, "经理": True, "小王": True}
    assert page.get(f"{url}edit/").context["form"]["incentive"].value() == "5000"
    assert sign_in(cast.li).get(url).status_code == 404


def test_a_sheet_is_of_somebody_else_once_a_period(cast: Any, sheet: Appraisal, month: date, sign_in: Any) -> None:
    with pytest.raises(ValidationError, match="already"):
        services.appraisal_begin(person=cast.wang, begins=month, months=1, by=cast.lead)
    with pytest.raises(ValidationError, match="themselves"):
        services.appraisal_begin(person=cast.lead, begins=month, months=1, by=cast.lead)
    after = clock.next_month(clock.business_date())
    with pytest.raises(ValidationError, match="not begun"):
        services.appraisal_begin(person=cast.wang, begins=after, months=1, by=cast.lead)
    page = sign_in(cast.lead)
    said = {"person": cast.li.pk, "period": f"{month:%Y-%m}/1"}
    answer = page.post("/appraisals/new/", said)
    made = Appraisal.objects.get(person=cast.li)
    assert answer["Location"] == f"/appraisals/{made.pk}/"
    assert page.post("/appraisals/new/", said | {"person": cast.outsider.pk}).status_code == 422
    listed = page.get("/appraisals/").content.decode()
    assert "小王" in listed
    assert "小李" in listed
