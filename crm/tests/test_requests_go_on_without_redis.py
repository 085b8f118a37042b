"""While Redis is away people work on: pages, a log entry and what asks for a job answer as ever, and in time."""

from __future__ import annotations

import logging
import time
from typing import Any

import pytest
from django.urls import reverse

from core.models import JobRun
from crm.celery import app
from customers.models import Interaction
from customers.services import customer_create
from followups.models import FollowUp
from runtime.postgres import free_port

ROUNDS, SLOWEST = 3, 20.0  # seconds: far above what a page takes, far below what waiting for a broker does


@pytest.mark.django_db(transaction=True)
def test_pages_and_a_log_answer_while_redis_is_away(cast: Any, sign_in: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(app.conf, "broker_url", f"redis://127.0.0.1:{free_port()}/0")
    rep, manager = sign_in(cast.wang), sign_in(cast.manager)
    customer = customer_create(by=cast.wang, owner=cast.wang, name="禾达", kind="person")
    pages = [reverse("today"), reverse("customer_list"), reverse("customer", args=[customer.pk])]
    pages += [reverse("follow_up_list"), reverse("follow_up_calendar"), reverse("inbox")]
    log = f"{reverse('interaction_new')}?customer={customer.pk}"
    entry = {"kind": "call", "result": "reached", "next_step": "7", "direction": "out"}
    took: list[float] = []

    def asked(answer_of: Any) -> Any:
        begun = time.monotonic()
        answer = answer_of()
        took.append(time.monotonic() - begun)
        assert answer.status_code in (200, 302), answer.status_code
        return answer

    for number in range(ROUNDS):
        for page in [*pages, log]:
            asked(lambda page=page: rep.get(page))
        asked(lambda number=number: rep.post(log, {**entry, "occurred_at": f"2026-11-24T0{number}:00"}))
    numbers = reverse("plan_numbers")
    opened = asked(lambda: manager.get(numbers)).context["form"]
    sent = {name: opened[name].value() or "" for name in opened.fields} | {"retry_days": "4"}
    asked(lambda: manager.post(numbers, sent))  # asks for a job of the night
    admin = sign_in(cast.admin)
    asked(lambda: admin.post(reverse("night_request")))  # would wake a worker
    assert Interaction.objects.count() == ROUNDS
    assert FollowUp.objects.filter(customer=customer, state="open", source="manual").exists()
    assert JobRun.objects.filter(job="plans").exists()
    logging.getLogger(__name__).info("%s requests, slowest %.1f s", len(took), max(took))  # docs/measurements.md
    assert max(took) < SLOWEST
