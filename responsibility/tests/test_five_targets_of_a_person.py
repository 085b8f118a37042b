"""Sales, new customers, visits, retention and satisfaction: set on one page, reached, shown with a forecast."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
import time_machine
from django.urls import reverse

from customers.models import Customer, CustomerFacts
from feedback.models import Complaint
from responsibility.targets.figures import all_reached
from responsibility.targets.forms import TargetsForm, plain
from sales.models import Target
from segmentation.models import RetentionSum, ScoreRun

pytestmark = pytest.mark.django_db
MONTH = date(2026, 11, 1)
NOON = datetime(2026, 11, 16, 4, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _now():
    with time_machine.travel(NOON, tick=False):
        yield


def targets(user):
    return dict(Target.objects.filter(user=user, month=MONTH).values_list("metric", "value"))


# --- typed -----------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("metric", "typed", "value"),
    [
        ("revenue", "58万", 58_000_000),
        ("revenue", "150,000", 15_000_000),
        ("retention", "85%", 85),
        ("retention", "85", 85),
        ("csat", "4.5", 450),
        ("new", "12", 12),
        ("visits", "", None),
    ],
)
def test_what_is_typed_is_read_and_comes_back(metric, typed, value, defaults):
    form = TargetsForm({metric: typed})
    assert form.is_valid(), form.errors
    assert form.cleaned_data[metric] == value
    if value is not None:
        assert TargetsForm({metric: plain(metric, value)}).fields[metric].clean(plain(metric, value)) == value


@pytest.mark.parametrize(
    ("metric", "typed"), [("revenue", "viel"), ("retention", "101"), ("csat", "5.5"), ("new", "-1"), ("visits", "x")]
)
def test_what_makes_no_sense_is_refused(metric, typed, defaults):
    assert metric in TargetsForm({metric: typed}).errors


def test_a_manager_sets_and_takes_back(cast, sign_in):
    client = sign_in(cast.manager)
    path = f"{reverse('person_targets', args=[cast.wang.pk])}?month=2026-11"
    sent = {"revenue": "58万", "new": "3", "visits": "20", "retention": "90%", "csat": "4.5"}
    assert client.post(path, sent).status_code == 302
    assert targets(cast.wang) == {"revenue": 58_000_000, "new": 3, "visits": 20, "retention": 90, "csat": 450}
    client.post(path, {**sent, "new": ""})
    assert "new" not in targets(cast.wang)
    assert client.post(path, {**sent, "csat": "9"}).status_code == 422


def test_only_of_ones_own_people(cast, sign_in):
    path = reverse("person_targets", args=[cast.outsider.pk])
    assert sign_in(cast.manager).get(path).status_code == 404
    assert sign_in(cast.wang).get(path).status_code == 403


# --- reached ---------------------------------------------------------------------------------------------------------
@pytest.fixture
def worked(cast, customer):
    """小王 won one customer in November, kept 9 of 10, and was marked with 4 and 5."""
    CustomerFacts.objects.update_or_create(pk=customer.pk, defaults={"first_order_on": date(2026, 11, 3)})
    old = Customer.objects.create(number="ALT", name="老客户", owner=cast.wang, team=cast.shanghai)
    CustomerFacts.objects.update_or_create(pk=old.pk, defaults={"first_order_on": date(2026, 10, 31)})
    run = ScoreRun.objects.create(as_of=date(2026, 11, 15), started_at=NOON, published_at=NOON)
    RetentionSum.objects.create(
        **{"run": run, "span": "30d", "begun_on": date(2026, 10, 16), "owner": cast.wang, "tier_scheme": "b2b"},
        **{"tier": "A", "customers": 10, "churned": 1},
    )
    for number, mark in (("1", 4), ("2", 5)):
        Complaint.objects.create(
            **{"customer": customer, "number": number, "text": "x", "category": "product", "received_at": NOON},
            **{"closed_at": NOON, "csat": mark, "first_response_due_at": NOON, "owner": cast.wang},
        )


def test_each_figure_is_counted(worked, cast):
    found = all_reached(cast.wang.pk, MONTH)
    assert (found["new"], found["retention"], found["csat"]) == (1, 90, 450)
    assert "csat" not in all_reached(cast.li.pk, MONTH)


def test_the_board_and_ones_own_page_show_them(worked, cast, sign_in):
    for metric, value in (("new", 3), ("retention", 95), ("csat", 400), ("revenue", 100_000)):
        Target.objects.create(user=cast.wang, month=MONTH, metric=metric, value=value)
    Target.objects.create(user=cast.li, month=MONTH, metric="csat", value=400)
    for person in (cast.manager, cast.wang):
        page = sign_in(person).get(reverse("team"), {"month": "2026-11"}).content.decode()
        assert all(shown in page for shown in ("90%", "95%", "4.5", "4.0"))
