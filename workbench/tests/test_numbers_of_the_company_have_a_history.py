"""Numbers that the company sets itself: what is set holds at once and says who, when and why; what held before can be
put back; nobody writes over what they haven't seen."""

from __future__ import annotations

import time
from datetime import timedelta

import pytest
from django.contrib.sessions.backends.base import SessionBase
from django.core.exceptions import ValidationError
from django.urls import reverse

from accounts import sessions
from accounts.models import AuditEntry, ExportedRows
from conftest import Cast, set_number, signed_in
from core import clock
from core.contributions import registry
from core.housekeeping import forget_old
from core.models import NumberChange
from core.numbers import number
from workbench.settings.numbers import services
from workbench.settings.numbers.groups import GROUPS

pytestmark = pytest.mark.django_db
SIGN_IN = GROUPS["sign_in"]
PAGE = "/settings/numbers/sign-in/"


def typed(**changes: object) -> dict[str, object]:
    values: dict[str, object] = {one.key: number(one.key) for one in SIGN_IN.numbers()}
    return values | {"seen": services.newest(SIGN_IN), "reason": ""} | changes


def test_each_number_stands_on_a_page_and_begins_within_its_limits() -> None:
    for one in registry().numbers.values():
        assert one.group in GROUPS
        assert one.least <= one.default <= one.most
        assert not one.not_above or one.default <= registry().numbers[one.not_above].default
    for keep in registry().every(lambda part: part.keeps):
        assert isinstance(keep.days, int) or keep.days in registry().numbers
    assert {card.page for card in registry().settings_cards} >= {group.page for group in GROUPS.values()}


def test_what_is_set_holds_and_stands_in_the_history(cast: Cast) -> None:
    client = signed_in(cast.admin)
    assert "as shipped" in client.get(PAGE).content.decode()
    answer = client.post(PAGE, typed(session_idle_minutes="45", reason="visits take longer"))
    assert answer.status_code == 302
    assert number("session_idle_minutes") == 45
    row = NumberChange.objects.get()
    assert (row.key, row.before, row.value, row.by, row.reason) == (
        *("session_idle_minutes", 30, 45),
        *(cast.admin, "visits take longer"),
    )
    line = AuditEntry.objects.get(act="number.change")
    assert line.details == {"number": row.key, "value": [30, 45], "reason": "visits take longer"}
    page = client.get(PAGE).content.decode()
    assert "visits take longer" in page
    assert "Put 30 back" in page
    client.post(reverse("number_put_back", args=[row.pk]))
    assert number("session_idle_minutes") == 30
    assert NumberChange.objects.count() == 2  # that, too, stands there
    assert client.post(reverse("number_put_back", args=[row.pk])).status_code == 302
    assert NumberChange.objects.count() == 2


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"session_idle_minutes": "3"}, "Enter a whole number from 5 to 480."),
        ({"session_hours": "soon"}, "Enter a whole number from 1 to 24."),
        ({"device_idle_days": "20", "device_days": "10"}, "Enter at most 10, or raise"),
        ({"seen": "99"}, "Somebody has set numbers of this page since you opened it."),
    ],
)
def test_what_cannot_be_is_said_beside_its_field(cast: Cast, changes: dict[str, str], said: str) -> None:
    answer = signed_in(cast.admin).post(PAGE, typed(**changes))
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert not NumberChange.objects.exists()


def test_a_number_set_back_alone_stays_above_the_one_below_it(cast: Cast) -> None:
    services.numbers_change(
        group=SIGN_IN, values={"device_days": 5, "device_idle_days": 4}, reason="", seen=0, by=cast.admin
    )
    services.numbers_change(group=SIGN_IN, values={"device_days": 9}, reason="", seen=None, by=cast.admin)
    services.numbers_change(group=SIGN_IN, values={"device_idle_days": 8}, reason="", seen=None, by=cast.admin)
    raised = NumberChange.objects.get(key="device_days", value=9)
    with pytest.raises(ValidationError, match="Enter at least 8, or lower"):
        services.number_put_back(group=SIGN_IN, change=raised, by=cast.admin)


def test_who_sees_settings_looks_and_nobody_else_sets(cast: Cast) -> None:
    client = signed_in(cast.auditor)
    page = client.get(PAGE).content.decode()
    assert "30 minutes" in page
    assert '<form class="form' not in page
    assert client.post(PAGE, typed(session_hours="3")).status_code == 403
    assert signed_in(cast.wang).get(PAGE).status_code == 403


def test_sessions_end_by_the_numbers(cast: Cast) -> None:
    now = int(time.time())
    session = SessionBase()
    session.update({"kind": "short", "seen": now - 40 * 60, "begun": now - 3600})
    assert sessions.is_over(session, now)
    set_number("session_idle_minutes", 60)
    assert not sessions.is_over(session, now)
    set_number("session_hours", 1)
    assert sessions.is_over(session, now + 1)


def test_the_night_forgets_by_the_numbers(cast: Cast) -> None:
    line = AuditEntry.objects.create(act="customer.export", by=cast.admin)
    rows = ExportedRows.objects.create(entry=line, model="customers.customer", ids=[1])
    ExportedRows.objects.filter(pk=rows.pk).update(at=clock.now() - timedelta(days=100))
    forget_old(clock.business_date())
    assert ExportedRows.objects.exists()
    set_number("exported_rows_days", 90)
    forget_old(clock.business_date())
    assert not ExportedRows.objects.exists()
