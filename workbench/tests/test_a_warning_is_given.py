"""A lead or manager gives churn warnings to somebody, with the day of the first follow-up; others take on their own."""

from datetime import date, timedelta

import pytest
from django.urls import reverse

from accounts.models import AuditEntry
from accounts.services import user_leave_for_later
from core import clock
from customers.models import Customer, CustomerFacts, CustomerShare
from customers.services import customers_transfer
from feedback.models import Complaint
from followups.models import FollowUp, Notice
from followups.services import follow_up_create, warning_notices_make
from segmentation.models import ChurnCase, ChurnReason

pytestmark = pytest.mark.django_db


def warned(number: str, owner, at_risk: int = 0) -> ChurnCase:
    customer = Customer.objects.create(
        number=number,
        name=f"客户{number}",
        owner=owner,
        team=owner.team if owner else None,
        phone="13800001111",
        search_tokens=[f"n:{number.lower()}"],
    )
    CustomerFacts.objects.create(customer=customer, warning="red")
    day = date(2026, 11, 1)
    case = ChurnCase.objects.create(
        customer=customer, level="red", opened_on=day, level_since=day, value_at_risk=at_risk
    )
    numbers = {"median": 18, "silent": 177, "ratio": 9.8}
    ChurnReason.objects.create(case=case, code="SILENT_VS_CYCLE", position=1, numbers=numbers)
    ChurnReason.objects.create(case=case, code="LONG_SILENT", position=3, numbers={"silent": 177})
    return case


@pytest.fixture
def case(cast):
    return warned("W1", cast.wang)


@pytest.fixture
def soon():
    return clock.business_date() + timedelta(days=3)


def give(client, case, soon, to="", **more):
    data = {"version": case.version, "to": to, "due_on": soon.isoformat(), **more}
    return client.post(reverse("warning_give", args=[case.pk]), data)


def planned(case):
    return FollowUp.objects.get(customer=case.customer, state="open")


def test_the_lead_gives_it_to_the_owner_with_a_day(sign_in, cast, case, soon):
    give(sign_in(cast.lead), case, soon)
    case.refresh_from_db()
    assert (case.state, case.in_charge) == ("working", cast.wang)
    plan = planned(case)
    assert (plan.assignee, plan.due_on, plan.source) == (cast.wang, soon, "warning")
    assert plan.reason["case"] == case.pk
    assert AuditEntry.objects.filter(act="warning.give").count() == 1


def test_somebody_else_is_shown_in_charge_and_sees_the_customer(sign_in, cast, case, soon):
    give(sign_in(cast.lead), case, soon, to=cast.li.pk)
    assert planned(case).assignee == cast.li
    assert CustomerShare.objects.filter(customer=case.customer, user=cast.li).exists()
    page = sign_in(cast.li).get(reverse("warning_list")).content.decode()
    assert "客户W1" in page
    assert sign_in(cast.lead).get(f"{reverse('warning_list')}?charge={cast.li.pk}").context["list"].total == "1"


def test_the_task_of_the_night_becomes_theirs(sign_in, cast, case, soon):
    key = f"warning:{case.pk}"
    nightly = follow_up_create(
        customer=case.customer, assignee=cast.wang, due_on=soon, by=None, source="warning", source_key=key
    )
    give(sign_in(cast.lead), case, soon + timedelta(days=1), to=cast.li.pk)
    plan = planned(case)
    assert (plan.pk, plan.assignee, plan.due_on) == (nightly.pk, cast.li, soon + timedelta(days=1))


def test_beside_a_complaint_the_task_comes_in_addition(sign_in, cast, case, soon):
    follow_up_create(customer=case.customer, assignee=cast.wang, due_on=soon, by=None, source="complaint")
    give(sign_in(cast.lead), case, soon, to=cast.li.pk)
    assert set(FollowUp.objects.filter(state="open").values_list("assignee__pk", "source")) == {
        (cast.wang.pk, "complaint"),
        (cast.li.pk, "manual"),
    }
    assert Complaint.objects.count() == 0


def test_sent_twice_it_is_given_once(sign_in, cast, case, soon):
    client = sign_in(cast.lead)
    give(client, case, soon)
    give(client, case, soon)
    assert FollowUp.objects.count() == 1
    assert AuditEntry.objects.filter(act="warning.give").count() == 1


def test_over_a_newer_version_nothing_is_given(sign_in, cast, case, soon):
    ChurnCase.objects.filter(pk=case.pk).update(version=5)
    give(sign_in(cast.lead), case, soon)
    case.refresh_from_db()
    assert (case.state, FollowUp.objects.count()) == ("new", 0)


@pytest.mark.parametrize(
    ("wrong", "expected"),
    [
        ("", "Say on which day."),
        ("2020-01-01", "The day lies in the past"),
        ("soon", "valid date"),
        ("9999-12-31", "within a year"),
    ],
)
def test_a_day_that_is_none_is_said(sign_in, cast, case, wrong, expected):
    client = sign_in(cast.lead)
    answer = client.post(
        reverse("warning_give", args=[case.pk]), {"version": 1, "to": "", "due_on": wrong}, follow=True
    )
    assert any(word in answer.content.decode() for word in ("lies in the past", "day", "required", "within a year"))
    case.refresh_from_db()
    assert case.state == "new"


def test_nobody_gives_to_people_out_of_reach(sign_in, cast, case, soon):
    give(sign_in(cast.lead), case, soon, to=cast.outsider.pk)
    case.refresh_from_db()
    assert case.in_charge is None


def test_a_rep_takes_on_the_own_one_and_gives_none_away(sign_in, cast, case, soon):
    client = sign_in(cast.wang)
    assert give(client, case, soon, to=cast.li.pk).status_code == 403
    client.post(reverse("warning_change", args=[case.pk]), {"version": case.version, "state": "working"})
    case.refresh_from_db()
    assert (case.state, case.in_charge) == ("working", cast.wang)


def test_several_are_given_at_once_each_to_its_owner(sign_in, cast, case, soon):
    other, nobodys = warned("W2", cast.li), warned("W3", None)
    client, url = sign_in(cast.admin), reverse("warnings_give")
    ids = [case.pk, other.pk, nobodys.pk]
    question = client.post(url, {"ids": ids}).content.decode()
    assert question.count('name="ids"') == 3
    data = {"ids": ids, "confirm": "1", "to": "", "due_on": soon.isoformat()}
    data |= {f"version-{one.pk}": one.version for one in (case, other, nobodys)}
    said = client.post(url, data, follow=True).content.decode()
    client.post(url, data)
    assert set(FollowUp.objects.values_list("assignee", flat=True)) == {cast.wang.pk, cast.li.pk}
    assert FollowUp.objects.count() == 2
    assert "2 warnings given" in said
    assert "nobody got them: 客户W3" in said


def test_more_than_fifty_at_once_are_refused_with_a_sentence(sign_in, cast, case):
    answer = sign_in(cast.lead).post(reverse("warnings_give"), {"ids": range(1, 52)}, follow=True)
    assert "At most 50 warnings are given at once; you chose 51." in answer.content.decode()


def test_with_the_customer_the_warning_changes_hands(sign_in, cast, case, soon):
    give(sign_in(cast.lead), case, soon)
    customer = Customer.objects.get(pk=case.customer_id)
    customers_transfer(customers=[customer], to=cast.li, by=cast.lead, reason="holiday", keep_shares=False)
    case.refresh_from_db()
    assert case.in_charge == cast.li


def test_who_left_is_in_charge_of_nothing(sign_in, cast, case, soon):
    give(sign_in(cast.lead), case, soon, to=cast.li.pk)
    user_leave_for_later(user=cast.li, by=cast.admin)
    case.refresh_from_db()
    assert case.in_charge is None


# --- the list --------------------------------------------------------------------------------------------------------
def numbers_of(client, query: str) -> list[str]:
    return [row.customer.number for row in client.get(f"{reverse('warning_list')}?{query}").context["page"].rows]


def test_it_is_searched_filtered_and_sorted(sign_in, cast, case):
    second = warned("W2", cast.li, at_risk=900_00)
    warned("W3", cast.wang, at_risk=100_00)
    CustomerFacts.objects.filter(customer=second.customer).update(last_order_on=date(2026, 1, 1), tier="A")
    CustomerFacts.objects.filter(customer=case.customer).update(last_order_on=date(2026, 5, 1))
    ChurnCase.objects.filter(pk=second.pk).update(level="yellow", p_now=0.1)
    client = sign_in(cast.lead)
    assert numbers_of(client, "") == ["W2", "W3", "W1"]
    assert numbers_of(client, "sort=-silent")[:2] == ["W2", "W1"]
    assert numbers_of(client, "sort=chance")[0] == "W2"
    assert numbers_of(client, f"owner={cast.li.pk}") == ["W2"]
    assert numbers_of(client, "tier=A") == ["W2"]
    assert numbers_of(client, "level=yellow") == ["W2"]
    assert numbers_of(client, "q=W3") == ["W3"]
    assert len(numbers_of(client, "reason=LONG_SILENT")) == 3
    assert numbers_of(client, "reason=COMPLAINT") == []
    assert numbers_of(client, f"customer={case.customer_id}") == ["W1"]
    assert numbers_of(sign_in(cast.outsider), "") == []


def test_the_days_of_silence_are_said_once(sign_in, cast, case):
    page = sign_in(cast.wang).get(reverse("warning_list")).content.decode()
    assert "silent for 177 days" in page
    assert "No purchase for 177 days" not in page


def test_a_tap_calls_who_may_read_the_number(sign_in, cast, case):
    url = reverse("warning_list")
    assert 'href="tel:' in sign_in(cast.wang).get(url).content.decode()
    assert 'href="tel:' not in sign_in(cast.auditor).get(url).content.decode()


def test_planning_from_a_warning_says_what_for(sign_in, cast, case):
    page = sign_in(cast.wang).get(f"{reverse('follow_up_new')}?customer={case.customer_id}&why=warning")
    assert page.context["form"]["purpose"].value().startswith("Win back: Usually buys every 18 days")


@pytest.mark.parametrize("fact", ["open", "won_back", "false_alarm", "telling"])
def test_each_figure_on_top_opens_its_rows(sign_in, cast, case, fact):
    for n, state in enumerate(("won_back", "false_alarm", "false_alarm", "lost")):
        other = warned(f"C{n}", cast.wang)
        ChurnCase.objects.filter(pk=other.pk).update(
            state=state, closed_at=clock.now(), closed_on=clock.business_date()
        )
    client = sign_in(cast.lead)
    context = client.get(reverse("warning_list")).context
    count = context["list"].counts["false_alarms" if fact == "false_alarm" else fact]
    assert count == len(numbers_of(client, context["ways"][fact].removeprefix("?"))) > 0


def test_the_notice_of_a_warning_opens_it_where_it_is_handled(sign_in, cast, case):
    warned("W2", cast.wang)
    warning_notices_make(date(2026, 11, 1))
    notice = Notice.objects.get(customer=case.customer)
    assert notice.url == reverse("warning", args=[case.pk])
    client = sign_in(cast.wang)
    assert client.get(notice.url).status_code == 200
    ChurnCase.objects.filter(pk=case.pk).update(state="lost", closed_at=clock.now())
    assert client.get(notice.url).status_code == 200
