"""Why a date stands where it stands: a sentence where there is room, a short form on rows, in both languages."""

from __future__ import annotations

import re
from datetime import date, timedelta

import pytest
from django.urls import reverse
from django.utils import translation

from core import clock
from followups import reasons
from followups.cadence import Pace, Phase, Range, days_of
from followups.models import FollowUp
from followups.planning import plans_make
from followups.selectors import why
from followups.services import follow_up_create, follow_up_reschedule
from workbench.today import queue

TODAY = date(2026, 11, 24)
RANGES = {
    Phase.FIRST_CONTACT: (3, 7),
    Phase.NEEDS: (5, 10),
    Phase.PROPOSAL_SENT: (1, 2),
    Phase.PROPOSAL: (3, 5),
    Phase.FIRST_MONTH: (7, 7),
    Phase.AFTER_SALE: (30, 30),
    Phase.LONG_TERM: (60, 90),
}
TRIES = {Pace.NO_RESPONSE: 3, Pace.NO_ANSWER: 1}


def numbers(phase, pace, **more):
    between = Range(10, 10) if pace == Pace.OWN else Range(*RANGES[phase])
    return {
        "phase": phase.value,
        "pace": pace.value,
        "tier": "A",
        "from": between.shortest,
        "to": between.longest,
        "days": days_of(pace, between),
        "unanswered": TRIES.get(pace, 0),
        "since": "2026-11-21",
        "basis": "contact",
    } | more


def said(phase, pace, language="en", **more):
    """(the sentence, its short form)."""
    known = numbers(phase, pace, **more)
    with translation.override(language):
        sentence = reasons.describe(reasons.CADENCE, known, last_contact_on=None, today=TODAY)
        return sentence, reasons.brief(reasons.CADENCE, known, today=TODAY)


@pytest.mark.parametrize("language", ["en", "zh-hans"])
@pytest.mark.parametrize("pace", Pace)
@pytest.mark.parametrize("phase", RANGES)
def test_every_phase_and_pace_is_a_sentence(phase, pace, language):
    for basis in (reasons.CONTACT, reasons.ORDER, reasons.CREATED):
        extra = {"basis": basis, "was": "2026-12-01", "because": "tier", "beside": "2027-03-03"}
        for words in said(phase, pace, language, **extra):
            assert not re.search(r"%\(|None|  |[:;,·：；，]\s*(?:[;,·；，]|$)|^[:;,·]", words), words
            if language == "en":
                assert words[0].isupper()
                assert not re.search("[\u4e00-\u9fff]", words)
            else:
                assert not re.search("[A-Za-z]{2}|[,;:?] ", words), words
    sentence, short = said(phase, pace, language)
    assert len(short) < len(sentence)


@pytest.mark.parametrize(
    ("phase", "pace", "more", "english", "chinese"),
    [
        (
            Phase.NEEDS,
            Pace.INTERESTED,
            {},
            (
                "Need confirmation, every 5–10 days: interested last time, so 5 days; last contacted 3 days ago",
                "Need confirmation · interested last time",
            ),
            ("需求确认（每 5–10 天）：上次有意向，取 5 天；上次联系：3 天前", "需求确认 · 上次有意向"),
        ),
        (
            Phase.FIRST_CONTACT,
            Pace.NO_ANSWER,
            {"unanswered": 2},
            (
                "First contact, every 3–7 days: no answer 2 times, so 3 days; last tried 3 days ago",
                "First contact · no answer 2 times · last tried 3 days ago",
            ),
            (
                "首次接触（每 3–7 天）：连续 2 次没联系上，取 3 天；上次尝试：3 天前",
                "首次接触 · 连续 2 次没联系上 · 上次尝试：3 天前",
            ),
        ),
        (
            Phase.FIRST_MONTH,
            Pace.REGULAR,
            {"basis": "order"},
            (
                "After the deal, first month, every 7 days; bought 3 days ago, not contacted since",
                "After the deal, first month · bought 3 days ago, not contacted since",
            ),
            ("成交维护，首月（每 7 天）；3 天前下单，之后未联系", "成交维护，首月 · 3 天前下单，之后未联系"),
        ),
        (
            Phase.LONG_TERM,
            Pace.OWN,
            {},
            ("Long-term customer, own plan: every 10 days; last contacted 3 days ago", "Long-term customer · own plan"),
            ("长期客户（专属计划：每 10 天）；上次联系：3 天前", "长期客户 · 专属计划"),
        ),
        (
            Phase.LONG_TERM,
            Pace.REGULAR,
            {"was": "2026-12-01", "because": "tier"},
            (
                "Long-term customer, every 60–90 days: regular follow-up, so 75 days; last contacted 3 days ago;"
                " was Tue 1 Dec until the tier changed",
                "Long-term customer · regular follow-up · was Tue 1 Dec until the tier changed",
            ),
            (
                "长期客户（每 60–90 天）：常规跟进，取 75 天；上次联系：3 天前；原为 12-01 周二，因级别变化调整",
                "长期客户 · 常规跟进 · 原为 12-01 周二，因级别变化调整",
            ),
        ),
    ],
)
def test_sentences_read_like_this(phase, pace, more, english, chinese):
    assert (said(phase, pace, "en", **more), said(phase, pace, "zh-hans", **more)) == (english, chinese)


# --- where they stand ------------------------------------------------------------------------------------------------
@pytest.fixture
def planned(db, make, cast):
    """Due today, reckoned by the table, with something to talk about, and moved by a change of tier."""
    customer = make("明珠", last_contact=3)
    reason = numbers(Phase.NEEDS, Pace.INTERESTED, was="2026-12-01", because="tier", beside="2027-03-03")
    return follow_up_create(
        customer=customer,
        assignee=cast.wang,
        due_on=TODAY,
        by=cast.wang,
        source="cadence",
        purpose="介绍新品",
        reason_code=reasons.CADENCE,
        reason=reason,
    )


SENTENCE = "Need confirmation, every 5–10 days: interested last time, so 5 days; last contacted 3 days ago"
MOVED = "was Tue 1 Dec until the tier changed"


def test_content_and_reason_stand_together_on_rows(planned, cast, sign_in):
    today = next(part for part in queue.sections(cast.wang) if part.key == "today")
    short = f"Need confirmation · interested last time · {MOVED} · another one on 3 Mar 2027"
    assert (today.rows[0].typed, list(today.rows[0].why)) == ("介绍新品", [short])
    client = sign_in(cast.wang)
    for address in ("/", reverse("follow_up_list")):
        page = client.get(address).content.decode()
        assert "介绍新品" in page
        assert short in page


def test_the_customers_page_and_the_form_say_the_whole_sentence(planned, cast, sign_in):
    client = sign_in(cast.wang)
    for address in (reverse("customer", args=[planned.customer_id]), reverse("follow_up_edit", args=[planned.pk])):
        page = client.get(address).content.decode()
        assert f"{SENTENCE}; {MOVED}; another one is planned for 3 Mar 2027" in page


def test_what_was_agreed_gives_way_to_what_somebody_typed(db, make, cast, log_contact):
    customer = make("约定")
    log_contact(customer, next_step="3", next_purpose="带样品")
    FollowUp.objects.filter(customer=customer).update(due_on=TODAY)
    row = next(part for part in queue.sections(cast.wang) if part.key == "today").rows[0]
    assert (row.typed, list(row.why)) == ("带样品", ["planned on Tue 24 Nov", "activity 1 of 5"]), "and when that was"


def test_the_head_of_the_page_tells_tries_from_the_last_activity(db, make, cast, log_contact, sign_in):
    customer = make("没接", last_contact=12)
    client, url = sign_in(cast.wang), reverse("customer", args=[customer.pk])
    assert "no answer" not in client.get(url).content.decode().split('id="timeline"')[0]
    for _try in range(2):
        log_contact(customer, result="no_answer")
    page = client.get(url).content.decode()
    assert "2 tries since, no answer" in page
    assert "12 days ago" in page
    facts = client.get(f"/api/v1/customers/{customer.pk}/").json()["facts"]
    assert facts["unanswered"] == 2


def test_the_sentence_says_why_the_day_is_another_than_its_days_come_to(make, log_contact):
    customer = make(tier="C")
    log_contact(customer, result="no_answer", occurred_at=clock.now() - timedelta(days=2))
    sunday = FollowUp.objects.select_related("customer__facts").get(customer=customer, state="open")
    assert (sunday.reckoned_on, sunday.due_on) == (date(2026, 11, 29), date(2026, 11, 30))
    assert "moved from Sun 29 Nov, no working day" in why(sunday)
    late = make(tier="A", last_contact=60)
    plans_make()
    row = FollowUp.objects.select_related("customer__facts").get(customer=late, state="open")
    assert why(row).endswith("due since Sun 25 Oct, dealt out over the coming days")
    follow_up_reschedule(follow_up=sunday, due_on=date(2026, 12, 9), by=customer.owner)
    assert "no working day" not in why(sunday)
