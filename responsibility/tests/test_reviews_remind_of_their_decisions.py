"""A review of the whole is written down; each decision has an owner and a day, and reminds until it is done."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from accounts.models import AuditEntry, User
from core import clock
from followups.models import Notice
from responsibility.models import Decision, Review
from responsibility.reviews import services

pytestmark = pytest.mark.django_db


def held(cast: Any, **more: Any) -> Review:
    said = {"subject": "三季度", "held_on": clock.business_date(), "looked_at": "分级、频率、投诉", **more}
    return services.review_create(by=cast.manager, **said)


def decided(review: Review, owner: User, by: User, days: int = 10) -> Decision:
    due_on = clock.business_date() + timedelta(days=days)
    return services.decision_add(review=review, text="多拜访 A 级客户", owner=owner, due_on=due_on, by=by)


def told(person: User, kind: str) -> int:
    return Notice.objects.filter(user=person, kind=kind).count()


def test_it_is_written_by_the_page_and_lists_what_is_open(cast: Any, sign_in: Any) -> None:
    page = sign_in(cast.manager)
    today = clock.business_date()
    said = {"subject": "年度评审", "held_on": today.isoformat(), "looked_at": "全部", "findings": "慢"}
    assert page.post("/reviews/new/", said | {"next_on": today.isoformat()}).status_code == 422
    after = (today + timedelta(days=90)).isoformat()
    answer = page.post("/reviews/new/", said | {"next_on": after})
    review = Review.objects.get()
    assert answer["Location"] == f"/reviews/{review.pk}/"
    decision = {"text": "每周复盘", "owner": cast.lead.pk, "due_on": after}
    assert page.post(f"/reviews/{review.pk}/decisions/new/", decision | {"owner": cast.wang.pk}).status_code == 422
    assert page.post(f"/reviews/{review.pk}/decisions/new/", decision).status_code == 302
    assert told(cast.lead, services.GIVEN) == 1
    for address in ("/reviews/", f"/reviews/{review.pk}/"):
        assert "每周复盘" in sign_in(cast.auditor).get(address).content.decode()
    assert "每周复盘" in sign_in(cast.lead).get("/").content.decode()
    assert sign_in(cast.wang).get("/reviews/").status_code == 403


def test_its_owner_closes_it_with_what_came_of_it(cast: Any, sign_in: Any) -> None:
    decision = decided(held(cast), cast.lead, cast.manager)
    with pytest.raises(PermissionDenied):
        services.decision_done(decision=decision, outcome="x", by=cast.auditor)
    url = f"/reviews/decisions/{decision.pk}/"
    assert sign_in(cast.auditor).post(f"{url}done/", {"outcome": "x"}).status_code == 403
    assert sign_in(cast.lead).post(f"{url}done/", {"outcome": "拜访增加两成"}).status_code == 302
    decision.refresh_from_db()
    assert (decision.done_by, decision.outcome) == (cast.lead, "拜访增加两成")
    with pytest.raises(ValidationError, match="done already"):
        services.decision_done(decision=decision, outcome="again", by=cast.manager)
    assert sign_in(cast.manager).post(f"{url}reopen/").status_code == 302
    decision.refresh_from_db()
    assert decision.done_at is None
    acts = AuditEntry.objects.filter(act__startswith="system_review.").order_by("pk")
    assert list(acts.values_list("act", flat=True)) == [
        "system_review.create",
        "system_review.decide",
        "system_review.done",
        "system_review.reopen",
    ]


@pytest.mark.parametrize(("ahead", "reminded"), [(4, 0), (3, 1), (1, 0), (0, 1), (-1, 0), (-7, 1), (-14, 1)])
def test_the_night_reminds_before_on_the_day_and_each_week_after(cast: Any, ahead: int, reminded: int) -> None:
    decision = decided(held(cast), cast.lead, cast.manager, days=ahead)
    for _twice in range(2):
        services.decisions_remind(clock.business_date())
    assert told(cast.lead, services.DUE) == reminded
    services.decision_done(decision=decision, outcome="x", by=cast.lead)
    assert services.decisions_remind(clock.business_date()) == {"decisions_reminded": 0}


def test_who_keeps_the_reviews_sees_when_the_next_one_is_due(cast: Any, sign_in: Any) -> None:
    today = clock.business_date()
    held(cast, held_on=date(2020, 1, 1), next_on=today + timedelta(days=10))
    assert "Next review of the whole" in sign_in(cast.manager).get("/").content.decode()
    assert "Next review of the whole" not in sign_in(cast.lead).get("/").content.decode()
    held(cast, next_on=today + timedelta(days=90))
    assert "Next review of the whole" not in sign_in(cast.manager).get("/").content.decode()
