from datetime import timedelta

import pytest

from core import clock
from feedback.models import Complaint
from feedback.services import complaint_create, complaint_move, complaint_respond


@pytest.fixture
def take_in(customer, cast):
    """`take_in(**values)` makes a complaint of the customer, taken in by 小王."""

    def make(**values):
        hours_ago = values.pop("hours_ago", 0)
        fields = {"customer": customer, "by": cast.wang, "text": "外壳裂了", "category": "product"}
        return complaint_create(**fields | {"received_at": clock.now() - timedelta(hours=hours_ago)} | values)

    return make


@pytest.fixture
def complaint(take_in):
    return take_in()


@pytest.fixture
def bring_to(cast):
    """`bring_to(complaint, "answered")` walks a fresh complaint to that state."""

    def walk(complaint: Complaint, to: str) -> Complaint:
        if complaint.first_response_at is None:
            complaint_respond(complaint=complaint, by=cast.wang, version=complaint.version)
        for state in ("graded", "investigating", "resolving", "answered", "satisfaction_asked", "closed"):
            known = {"result": "换货", "csat": csat_at(state)}
            complaint_move(complaint=complaint, to=state, by=cast.wang, version=complaint.version, **known)
            if state == to:
                break
        return complaint

    def csat_at(state):
        return 4 if state == "closed" else None

    return walk
