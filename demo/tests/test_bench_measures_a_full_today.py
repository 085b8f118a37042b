"""`bench --due N` measures as the rep with about so many contacts due, who is the one that a slow Today hurts."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from django.core.management import call_command

from core import clock
from customers.services import customer_create
from demo.bench import operations
from followups.models import FollowUp

pytestmark = pytest.mark.django_db


def test_it_takes_the_rep_with_about_so_many(cast: Any, capsys: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(operations, "TIMES", 2)
    today = clock.business_date()
    for who, count in ((cast.wang, 5), (cast.li, 1)):
        customer = customer_create(by=who, owner=who, name=f"客户 of {who.pk}", kind="company")
        FollowUp.objects.filter(customer=customer).delete()  # its first contact
        for late in range(count):
            FollowUp.objects.create(customer=customer, assignee=who, due_on=today - timedelta(days=late))
    FollowUp.objects.create(customer=customer, assignee=cast.li, due_on=today + timedelta(days=9))
    for due, who in ((5, cast.wang), (4, cast.wang), (1, cast.li)):
        call_command("bench", "--due", str(due), "--only", "today", "--json")
        found = json.loads(capsys.readouterr().out.strip().splitlines()[-1])
        assert list(found) == [who.email]
        [measured] = found[who.email]
        assert measured["name"] == "today"
        assert measured["p95"] >= measured["p50"] > 0
        assert measured["ratio"] > 0
