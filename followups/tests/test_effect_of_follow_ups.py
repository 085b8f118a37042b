"""The page of the effect: its figures, the lists behind them, and whose work one sees."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.utils import timezone

from core.jobs import nightly, run_one
from core.models import JobRun
from customers.models import Interaction
from followups.models import FollowUp, Outcome
from followups.months import Months, months_of
from followups.outcomes.counting import JOB, outcomes_count
from sales.models import Order

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 24)
PAGE = "/follow-ups/effect/"


@pytest.fixture
def story(make, cast):
    """Two reps of one team, and one of another: calls, orders and follow-ups of November; the night has counted."""
    his, hers, foreign = make("甲"), make("乙", owner=cast.li), make("丙", owner=cast.outsider)
    for customer, user, result, days in (
        (his, cast.wang, "reached", 10),
        (his, cast.wang, "no_answer", 8),
        (hers, cast.li, "interested", 6),
        (hers, cast.li, "reached", 40),
        (foreign, cast.outsider, "reached", 5),
    ):
        at = timezone.now() - timedelta(days=days)
        Interaction.objects.create(customer=customer, user=user, kind="call", result=result, occurred_at=at)
    for customer, amount in ((his, 50_000), (hers, 20_000), (foreign, 70_000)):
        values = {"currency": "CNY", "total": amount, "amount": amount, "number": f"B{customer.pk}"}
        Order.objects.create(customer=customer, ordered_on=TODAY, ordered_at=timezone.now(), **values)
    for state, due, closed in (("done", 20, 20), ("done", 19, 20), ("open", 30, None), ("cancelled", 21, None)):
        moment = timezone.make_aware(datetime(2026, 11, closed, 9)) if closed else None
        day = date(2026, 11, due)
        FollowUp.objects.create(customer=his, assignee=cast.wang, due_on=day, state=state, closed_at=moment)
    counted()
    return his, hers, foreign


def counted() -> None:
    """The night has counted."""
    (job,) = (job for job in nightly() if job.name == JOB)
    run_one(JobRun.objects.create(job=JOB, business_date=TODAY), job)


def figures(response) -> dict[str, tuple[int, ...]]:
    return {
        str(row.words): (row.effect.activities, row.effect.answers, row.effect.followed, row.effect.revenue)
        for row in response.context["rows"]
    }


def test_a_lead_sees_the_people_of_the_team(story, sign_in, cast):
    page = sign_in(cast.lead).get(PAGE)
    assert figures(page) == {"小王": (2, 1, 1, 50_000), "小李": (1, 1, 1, 20_000)}
    whole = page.context["whole"]
    assert (whole.activities, whole.answers, whole.followed, whole.revenue) == (3, 2, 2, 70_000)
    assert page.context["title"] == "67% were answered; an order followed 67%"


def test_the_month_before_stands_beside_it(story, sign_in, cast):
    page = sign_in(cast.lead).get(PAGE, {"month": "2026-10"})
    assert figures(page) == {"小李": (1, 1, 0, 0)}
    both = sign_in(cast.lead).get(PAGE, {"month": "2026-11", "span": "3"})
    assert figures(both)["小李"] == (2, 2, 1, 20_000)


def test_who_sells_alone_sees_the_own_work_by_method(story, sign_in, cast):
    page = sign_in(cast.wang).get(PAGE, {"by": "person"})
    assert page.context["choice"].by == "method"
    assert figures(page) == {"Call": (2, 1, 1, 50_000)}


def test_a_period_is_compared_with_one_that_was_counted_whole(story, sign_in, cast):
    """Activities are counted since October: neither August to October nor a year have anything before them."""
    client = sign_in(cast.lead)
    page = client.get(PAGE)
    assert page.context["kpis"][0]["note"] == "in the whole time before: 1"
    assert page.context["since"] is None
    for asked in ({"span": "3"}, {"span": "12"}, {"month": "2026-10"}):
        page = client.get(PAGE, asked)
        kpis = page.context["kpis"]
        assert kpis[0]["note"] == kpis[3]["note"] == "nothing to compare with", asked
        assert not any(kpi.get("delta") for kpi in kpis), asked
    assert "activities counted from 1 Oct 2026 through 24 Nov 2026" in client.get(PAGE, {"span": "3"}).content.decode()


def test_a_month_that_is_not_over_is_no_fall(story, sign_in, cast):
    """The whole month before stands beside it; of the same activities, once it is over, a rise or fall is told."""
    Outcome.objects.filter(day__month=10).update(day=date(2026, 9, 30))
    Outcome.objects.filter(day__month=11).update(day=date(2026, 10, 10))
    client = sign_in(cast.lead)
    over = client.get(PAGE, {"month": "2026-10"}).context["kpis"]
    assert (over[0]["delta"], over[0]["note"]) == ("2", "before: 1")
    assert not over[1]["delta"], "of one activity no share is told as a finding"
    Outcome.objects.filter(day__month=10).update(day=date(2026, 11, 10))
    Outcome.objects.filter(day__month=9).update(day=date(2026, 10, 10))
    running = client.get(PAGE).context["kpis"]
    assert not any(kpi.get("delta") for kpi in running)


@pytest.mark.parametrize("by", ["person", "method", "stage", "tier", "source", "template"])
def test_each_figure_is_the_number_of_rows_of_its_list(story, sign_in, cast, by):
    client = sign_in(cast.manager)
    page = client.get(PAGE, {"by": by})
    assert page.context["rows"]
    for row in page.context["rows"]:
        effect = row.effect
        wanted = [(row.activities, effect.activities), (f"{row.activities}&answered=1", effect.answers)]
        wanted.append((f"{row.activities}&followed=1", effect.followed))
        if row.plans:
            wanted += [(row.plans, effect.planned), (f"{row.plans}&done=yes", effect.done)]
            wanted += [(f"{row.plans}&done=in_time", effect.on_time)]
        for url, n in wanted:
            assert len(client.get(url).context["page"].rows) == n, url


def test_the_head_opens_lists_of_as_many_rows(story, sign_in, cast):
    client = sign_in(cast.manager)
    page = client.get(PAGE)
    whole, links = page.context["whole"], [kpi["href"] for kpi in page.context["kpis"]]
    numbers = [whole.activities, whole.answers, whole.followed, whole.followed, whole.done, whole.on_time]
    assert [len(client.get(url).context["page"].rows) for url in links if url] == numbers


def test_follow_ups_are_those_of_the_team_board(story, sign_in, cast):
    client = sign_in(cast.manager)
    board = {row.person.user.name: row.person for row in client.get("/team/").context["rows"]}
    rows = {row.words: row.effect for row in client.get(PAGE).context["rows"]}
    assert (rows["小王"].done, rows["小王"].planned) == (board["小王"].done, board["小王"].planned) == (2, 3)
    assert rows["小王"].on_time == 1, "one was done a day late"


def test_a_customer_out_of_sight_counts_nowhere(story, sign_in, cast):
    """The rep's customer went to another team: its name may not be read here, so it isn't in the figures either."""
    his, _hers, _foreign = story
    his.owner, his.team = cast.outsider, cast.outsider.team
    his.save(update_fields=["owner", "team"])
    client = sign_in(cast.lead)
    assert figures(client.get(PAGE)) == {"小李": (1, 1, 1, 20_000), "小王": (0, 0, 0, 0)}, "his follow-ups remain"
    assert "甲" not in client.get("/follow-ups/effect/activities/").content.decode()


def test_a_team_narrows_figures_and_lists(story, sign_in, cast):
    client = sign_in(cast.admin)
    page = client.get(PAGE, {"team": cast.north.pk})
    assert figures(page) == {"外组": (1, 1, 1, 70_000)}
    (row,) = page.context["rows"]
    assert len(client.get(row.activities).context["page"].rows) == 1


def test_before_the_first_night_the_page_says_so(make, sign_in, cast):
    make()
    assert "Nothing is counted yet" in sign_in(cast.lead).get(PAGE).content.decode()


def test_odd_addresses_show_this_month(story, sign_in, cast):
    odd = {"month": "2026-13", "span": "7", "by": "colour", "team": "x"}
    assert figures(sign_in(cast.lead).get(PAGE, odd)) == figures(sign_in(cast.lead).get(PAGE))


def test_months_are_written_and_read_alike():
    for months in (Months(date(2026, 11, 1)), Months(date(2026, 2, 1), 3), Months(date(2026, 11, 1), 12)):
        assert months_of(months.text, TODAY) == months
    assert months_of("2020-01:2026-11", TODAY) == Months(date(2026, 11, 1), 12)
    assert months_of("2026-12:2026-11", TODAY) == Months(date(2026, 11, 1), 1)
    assert months_of("soon", TODAY) == Months(date(2026, 11, 1), 1)


def test_each_activity_says_what_came_of_it(story, sign_in, cast):
    page = sign_in(cast.lead).get("/follow-ups/effect/activities/", {"followed": "1"}).content.decode()
    assert "¥500" in page
    assert "1 order" in page


def test_customers_in_the_recycle_bin_arent_counted(story, sign_in, cast):
    his, _hers, _foreign = story
    his.deleted_at = timezone.now()
    his.save(update_fields=["deleted_at"])
    assert "小王" not in {name for name, found in figures(sign_in(cast.lead).get(PAGE)).items() if found[0]}
    for _counts in outcomes_count(TODAY):
        pass
    assert not Outcome.objects.filter(customer=his).exists()


def test_a_cell_draws_its_tier_or_its_label_in_front_never_both(story, sign_in, cast):
    """Both are drawn by the stylesheet at the same place; on a phone one lay over the other."""
    cells = re.findall(r"<td[^>]*>", sign_in(cast.lead).get("/follow-ups/effect/activities/").content.decode())
    assert cells
    assert not [cell for cell in cells if "data-label" in cell and "data-letter" in cell]


@pytest.mark.parametrize(
    ("today", "counted", "shown"),
    [
        (date(2026, 12, 1), date(2026, 11, 30), date(2026, 11, 1)),
        (date(2026, 12, 7), date(2026, 12, 6), date(2026, 11, 1)),
        (date(2026, 12, 8), date(2026, 12, 7), date(2026, 12, 1)),
        (date(2026, 12, 20), date(2026, 11, 30), date(2026, 11, 1)),
    ],
    ids=["the first day", "six days counted", "a week counted", "the nights stand still"],
)
def test_the_page_begins_with_a_month_that_tells_something(cast, sign_in, today, counted, shown):
    JobRun.objects.create(job=JOB, business_date=counted, state=JobRun.State.DONE)
    with time_machine.travel(datetime(today.year, today.month, today.day, 4, tzinfo=UTC), tick=False):
        client = sign_in(cast.manager)
        assert client.get(PAGE).context["choice"].months.last == shown
        assert client.get(PAGE, {"month": "2026-12"}).context["choice"].months.last == date(2026, 12, 1)


@pytest.mark.parametrize(("by", "values"), [("stage", ["long_term", "needs"]), ("tier", ["A", "C"])])
def test_done_and_on_time_are_told_by_stage_and_tier_with_their_lists(make, cast, sign_in, by, values):
    for n, value in enumerate(values):
        facts = {"stage": value} if by == "stage" else {"tier": value, "tier_rank": 2 + n}
        customer = make(**facts)
        for state, closed in (("done", 1), ("open", None)):
            at = timezone.now() - timedelta(days=closed) if closed else None
            due_on = TODAY - timedelta(days=1)
            FollowUp.objects.create(
                customer=customer, assignee=cast.wang, due_on=due_on, state=state, closed_at=at, source="manual"
            )
    client = sign_in(cast.manager)
    rows = client.get(PAGE, {"by": by, "month": "2026-11"}).context["rows"]
    assert [(row.effect.planned, row.effect.done, row.effect.on_time) for row in rows] == [(2, 1, 1)] * 2
    for row in rows:
        assert str(client.get(row.plans).context["list"].total) == "2"
