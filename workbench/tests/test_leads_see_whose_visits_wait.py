"""Today of those who lead counts by person the visits that are over and not written up, within 24 hours too."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

import pytest
import time_machine

from customers.models import Customer, CustomerFacts
from followups.services import follow_up_complete, follow_up_create

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 24)


@pytest.fixture(autouse=True)
def _ten():
    with time_machine.travel(datetime(2026, 11, 24, 2, 0, tzinfo=UTC), tick=False):  # 10:00 in Shanghai
        yield


def visit(owner, days, at=time(15), method="visit"):
    number = f"V{Customer.all_objects.count():06d}"
    made = Customer.objects.create(number=number, name=number, owner=owner, team=owner.team, stage="long_term")
    CustomerFacts.objects.create(customer=made)
    due_on = TODAY + timedelta(days=days)
    return follow_up_create(customer=made, assignee=owner, due_on=due_on, due_time=at, method=method, by=owner)


@pytest.fixture
def waiting(cast):
    """Of 小王 one within its 24 hours and one long over, of 小李 one; others that don't count, and a stranger's."""
    own = [visit(cast.wang, -1), visit(cast.wang, -3), visit(cast.li, -1)]
    visit(cast.wang, 0)
    visit(cast.wang, -1, method="call")
    follow_up_complete(follow_up=visit(cast.li, -1), by=cast.li)
    visit(cast.outsider, -1)
    return own


@pytest.mark.parametrize("who", ["lead", "manager"])
def test_each_person_has_their_number_and_the_list_behind_it(waiting, cast, sign_in, who):
    client = sign_in(getattr(cast, who))
    view = client.get("/").context["view"]
    found = {person.pk: person for person in view.people}
    assert (found[cast.wang.pk].unwritten, found[cast.li.pk].unwritten) == (2, 1)
    for person in found.values():
        assert str(client.get(person.unwritten_url).context["list"].total) == str(person.unwritten)


def test_the_sum_stands_on_top_and_opens_all_of_them(waiting, cast, sign_in):
    client = sign_in(cast.lead)
    client.cookies["django_language"] = "en"
    page = client.get("/").content.decode()
    address = "/follow-ups/?whose=team&amp;when=all&amp;visits=to_write_up"
    assert f'href="{address}"' in page.split("</section>")[0]
    rows = client.get(address.replace("&amp;", "&")).content.decode()
    assert [plan.customer.name in rows for plan in waiting] == [True] * 3
    assert "Visits to write up" in rows or "visits to write up" in rows


def test_where_none_waits_nothing_is_said(cast, sign_in):
    visit(cast.wang, 0)
    client = sign_in(cast.lead)
    client.cookies["django_language"] = "en"
    assert "Visits to write up" not in client.get("/").content.decode()
