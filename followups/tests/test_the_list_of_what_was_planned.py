"""What was planned for a month, with what is done of it: its tabs of days count what is still open."""

from datetime import date, datetime

import pytest
from django.utils import timezone

from followups.models import FollowUp

pytestmark = pytest.mark.django_db
PLANNED = "/follow-ups/?planned=2026-11"


@pytest.fixture
def month(make, cast):
    """Two done (one of them a day late), one skipped, one overdue, one of next week; today is the 24th."""
    customer = make("甲")
    for state, due, closed in (
        ("done", 3, 3),
        ("done", 4, 5),
        ("skipped", 5, 6),
        ("open", 20, None),
        ("open", 27, None),
    ):
        at = timezone.make_aware(datetime(2026, 11, closed, 9)) if closed else None
        day = date(2026, 11, due)
        FollowUp.objects.create(customer=customer, assignee=cast.wang, due_on=day, state=state, closed_at=at)
    return customer


def days(client, address):
    return [row.due_on.day for row in client.get(address).context["page"].rows]


def test_what_is_done_is_never_overdue(month, cast, sign_in):
    client = sign_in(cast.lead)
    counts = client.get(PLANNED).context["list"].counts
    assert {key: counts[key] for key in ("all", "overdue", "today", "week")} == {
        "all": 5,
        "overdue": 1,
        "today": 0,
        "week": 1,
    }
    assert days(client, f"{PLANNED}&when=overdue") == days(client, "/follow-ups/?when=overdue") == [20]


@pytest.mark.parametrize(
    ("done", "rows"),
    [("yes", [3, 4]), ("in_time", [3]), ("late", [4]), ("no", [5, 20, 27]), ("maybe", [3, 4, 5, 20, 27])],
)
def test_it_is_narrowed_by_what_became_of_it(month, cast, sign_in, done, rows):
    assert days(sign_in(cast.lead), f"{PLANNED}&done={done}") == rows


def test_the_choice_stands_where_closed_ones_are_listed(month, cast, sign_in):
    client = sign_in(cast.lead)
    assert "Done on time" in client.get(PLANNED).content.decode()
    assert "Done on time" not in client.get("/follow-ups/").content.decode()


def test_the_team_board_opens_what_is_done_and_what_was_planned(month, cast, sign_in):
    client = sign_in(cast.lead)
    board = client.get("/team/?month=2026-11")
    (row,) = (row for row in board.context["rows"] if row.person.user == cast.wang)
    assert (row.person.done, row.person.planned) == (2, 5)
    assert len(days(client, row.done_url)) == 2
    assert len(days(client, row.plans_url)) == 5
    assert len(days(client, board.context["done_url"])) == board.context["done"] == 2


def test_somebody_without_rows_is_named_on_the_filter(month, cast, sign_in):
    page = sign_in(cast.lead).get("/follow-ups/", {"assignee": cast.li.pk})
    (chip,) = page.context["list"].chips
    assert chip.value == "小李"
