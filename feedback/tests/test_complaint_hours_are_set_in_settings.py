"""How long complaints may take is set by severity: for what comes in from then on; what was promised stays."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse

from accounts.models import AuditEntry
from core import clock, workcalendar
from core.models import WorkDay
from feedback import hours, services
from feedback.models import ComplaintHours

pytestmark = pytest.mark.django_db
HIGH = "/settings/complaints/high/"


@pytest.fixture
def send(django_capture_on_commit_callbacks):
    """Posts as the transaction of a real request would end."""

    def post(client, url, sent):
        with django_capture_on_commit_callbacks(execute=True):
            return client.post(url, sent)

    return post


def opened(client, url=HIGH):
    form = client.get(url).context["form"]
    return {name: form[name].value() for name in form.fields if form[name].value() not in (None, "")}


def take_in(cast, customer, severity="high"):
    return services.complaint_create(
        customer=customer, by=cast.agent, text="坏了", category="product", severity=severity
    )


def test_as_shipped_it_is_24_hours_and_working_days(cast, customer):
    made = take_in(cast, customer)
    assert made.first_response_due_at == made.received_at + timedelta(hours=24)
    days = workcalendar.working_days(clock.business_date(made.received_at) + timedelta(days=1))
    assert clock.business_date(made.promised_at) == [next(days), next(days)][1]


def test_a_change_counts_for_new_ones_and_open_ones_keep_their_times(cast, customer, sign_in, send):
    before = take_in(cast, customer)
    client = sign_in(cast.admin)
    sent = opened(client) | {"response": "2", "solution": "8", "solution_unit": "hours"}
    assert send(client, HIGH, sent).status_code == 302
    promised = (before.first_response_due_at, before.promised_at)
    before.refresh_from_db()
    assert (before.first_response_due_at, before.promised_at) == promised
    after = take_in(cast, customer)
    assert after.first_response_due_at - after.received_at == timedelta(hours=2)
    assert after.promised_at - after.received_at == timedelta(hours=8)
    page = client.get(reverse("complaint_hours")).content.decode()
    assert "The 2 open complaints keep the times" in page
    assert "8 hours, day and night" in page


def test_working_time_follows_the_work_calendar(cast, customer, sign_in, send):
    client = sign_in(cast.admin)
    send(client, HIGH, opened(client) | {"response": "1", "response_unit": "days"})
    day = next(workcalendar.working_days(clock.business_date() + timedelta(days=1)))
    assert clock.business_date(take_in(cast, customer).first_response_due_at) == day
    WorkDay.objects.create(date=day, working=False)
    workcalendar.forget()
    later = next(workcalendar.working_days(day))
    assert later > day
    assert clock.business_date(take_in(cast, customer).first_response_due_at) == later


def test_it_is_on_record_in_words(cast, sign_in, send):
    client = sign_in(cast.admin)
    send(client, HIGH, opened(client) | {"response": "4", "response_unit": "work"})
    send(client, HIGH, opened(client) | {"response": "5"})
    first = AuditEntry.objects.filter(act="complaint_hours.change").order_by("id")[0]
    assert first.details == {"severity": "high", "response": [24, 4], "response_unit": ["hours", "work"]}
    page = client.get(reverse("complaint_hours")).content.decode()
    assert "First response within" in page
    assert "hours, day and night</del>" in page.replace("<span data-user>", "").replace("</span>", "")
    assert ComplaintHours.objects.get().version == 2


def test_two_people_are_asked_side_by_side_also_the_first_time(cast, sign_in, send):
    client = sign_in(cast.admin)
    sent = opened(client)
    services.complaint_hours_change(row=hours.hours_of("high"), changes={"response": 3}, version=0, by=cast.admin)
    asked = send(client, HIGH, sent | {"response": "5"})
    assert asked.status_code == 409
    assert (asked.context["fields"][0].mine[1], asked.context["fields"][0].theirs[1]) == ("5", "3")
    assert send(client, HIGH, dict(asked.context["kept"]) | {"response": "5"}).status_code == 302
    assert ComplaintHours.objects.get().response == 5


@pytest.mark.parametrize(
    "wrong",
    [
        {"response": "0"},
        {"solution": "1000"},
        {"response": "x"},
        {"response": "9", "solution": "3", "solution_unit": "hours"},
    ],
)
def test_nonsense_is_refused_beside_its_field(cast, sign_in, send, wrong):
    client = sign_in(cast.admin)
    answer = send(client, HIGH, opened(client) | wrong)
    assert answer.status_code == 422
    assert set(answer.context["form"].errors) <= {"response", "solution"}
    assert not ComplaintHours.objects.exists()


def test_the_list_and_the_form_say_what_is_set(cast, customer, sign_in, send):
    agent = sign_in(cast.agent)
    assert "within 24 hours, day and night" in agent.get(reverse("complaint_list")).content.decode()
    services.complaint_hours_change(row=hours.hours_of("high"), changes={"response": 3}, version=0, by=cast.admin)
    hours.forget()
    assert "depends on the severity" in agent.get(reverse("complaint_list")).content.decode()
    assert sign_in(cast.auditor).get(HIGH).status_code == 403
