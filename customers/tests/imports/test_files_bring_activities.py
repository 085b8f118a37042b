"""Files bring what was logged elsewhere: it counts in history and facts, plans nothing, and is taken back."""

from __future__ import annotations

import pytest

from customers.models import Interaction
from customers.tests.imports.test_files_bring_contacts import brought, counts, taken_back

pytestmark = pytest.mark.django_db
HEADER = "customer_no,occurred_at,kind,result,summary,contact,minutes,colleague"


def test_activities_come_in_once_count_and_go_again(cast, customer):
    rows = (
        f"{customer.number},2026-05-01 10:00,拜访,感兴趣,谈了报价,王芳,30,",
        f"{customer.number},2026-06-02 09:00,call,no answer,,,,",
        f"{customer.number},2026-06-02 09:00,call,no answer,,,,",
        f"{customer.number},2026-04-01,内部备注,,旧备注,,,",
        f"{customer.number},2099-01-01,电话,,,,,",
        f"{customer.number},2026-05-01,飞鸽传书,,,,,",
        f"{customer.number},2026-05-01,电话,,,,2000,",
        f"{customer.number},2026-05-02,电话,,,,,外组",
        "X-404,2026-05-01,电话,,,,,",
        f"{customer.number},,电话,,,,,",
    )
    text = "\n".join((HEADER, *rows, ""))
    job = brought(cast.wang, "activities", text)
    assert counts(job) == (3, 0, 1, 6), job.counts["refused"]
    made = Interaction.objects.order_by("occurred_at")
    assert [(row.kind, row.result, row.direction) for row in made] == [
        ("note", "", "internal"),
        ("visit", "interested", "out"),
        ("call", "no_answer", "out"),
    ]
    assert {row.user for row in made} == {cast.wang}
    assert (made[1].participants, made[1].minutes, made[1].late) == ("王芳", 30, False)
    customer.facts.refresh_from_db()
    assert (customer.facts.touches, customer.facts.unanswered, customer.facts.last_contact_kind) == (2, 1, "visit")
    assert counts(brought(cast.wang, "activities", text)) == (0, 0, 4, 6), "the same file twice adds nothing"
    taken_back(job, cast.wang)
    customer.facts.refresh_from_db()
    assert (Interaction.objects.count(), customer.facts.touches, customer.facts.last_contact_at) == (0, 0, None)


def test_only_for_customers_in_reach_and_in_ones_own_name(cast, customer):
    text = f"{HEADER}\n{customer.number},2026-05-01,电话,,,,,\n"
    assert counts(brought(cast.outsider, "activities", text)) == (0, 0, 0, 1)
    named = text.replace(",,,,,\n", ",,,,,小王\n")
    assert counts(brought(cast.manager, "activities", named))[0] == 1
    assert Interaction.objects.get().user == cast.wang
