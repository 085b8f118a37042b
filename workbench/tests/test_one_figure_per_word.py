"""The figure of a word is the same on every page: what Today says, the menu and the list behind it say too.

For each role, over customers whose owner, service owner and complaint owner are people of different teams.
"""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse

from accounts.models import Role, User
from core import clock
from customers.models import Customer, CustomerFacts
from feedback.models import Complaint
from followups.services import follow_up_create
from segmentation.models import ChurnCase
from ui import nav

pytestmark = pytest.mark.django_db


@pytest.fixture
def firm(cast):
    """Work of all kinds, also across teams and in the pool."""
    today = clock.business_date()
    owners = [cast.wang, cast.wang, cast.li, cast.outsider, None, cast.lead]
    for n, owner in enumerate(owners):
        made = Customer.objects.create(
            number=f"N{n}", name=f"客户{n}", owner=owner, team=owner.team if owner else None, service_owner=cast.agent
        )
        CustomerFacts.objects.create(customer=made, tier="A", tier_rank=2, lifecycle="repeat", warning="red")
        ChurnCase.objects.create(customer=made, level="red", opened_on=today, level_since=today, value_at_risk=n)
        worker = owner or cast.wang
        follow_up_create(customer=made, assignee=worker, due_on=today - timedelta(days=n % 3), by=worker)
        if n % 2:
            follow_up_create(customer=made, assignee=cast.wang, due_on=today, by=worker, source="warning")
        for state, by in (("investigating", worker), ("satisfaction_asked", worker), ("received", cast.agent)):
            Complaint.objects.create(
                number=f"{made.number}-{state[:12]}",
                customer=made,
                category="product",
                text="坏了",
                owner=by,
                state=state,
                received_at=clock.now(),
                first_response_at=clock.now() if state != "received" else None,
                first_response_due_at=clock.now() + timedelta(hours=24),
                promised_at=clock.now() + timedelta(days=2),
            )


def total_of(client, address: str) -> int:
    """How many rows the list at this address says that it has, under its filters and tab."""
    asked = client.get(address).context["list"]
    return int(str(asked.total).replace(",", ""))


@pytest.fixture
def person(cast):
    """Somebody of the cast by their name in it, and the owner of the company, who is several roles at once."""
    boss = Role.objects.get(code="owner")
    boss = User.objects.create(name="老板", role=boss, team=cast.east, email="boss@example.com", language="en")
    return lambda who: boss if who == "owner" else getattr(cast, who)


LEADERS = ["lead", "manager", "admin", "owner", "auditor"]
ALONE = ["wang", "li", "outsider", "agent"]


@pytest.mark.parametrize("who", ALONE)
def test_who_works_alone_reads_one_figure_per_word(firm, person, sign_in, who):
    client = sign_in(person(who))
    answer = client.get(reverse("today"))
    if "view" in answer.context:
        assert who == "agent", "whose day is drawn like that of a leader, and tested there"
        return
    parts = {part.key: part for part in answer.context["sections"]}
    for key, part in parts.items():
        assert part.count == total_of(client, part.all_url), f"{key}: {part.all_url}"
    shell = answer.context["shell"]
    assert shell.badges == nav.badges(person(who)), "what the page has counted is what the menu counts elsewhere"
    assert shell.badges["today"] == answer.context["left"] == answer.context["planned"] - answer.context["rail"].done
    assert shell.badges.get("complaints", 0) == (parts["complaint"].count if "complaint" in parts else 0)


@pytest.mark.parametrize("who", [*ALONE, *LEADERS])
def test_the_figures_of_the_menu_are_those_of_the_lists(firm, person, sign_in, who):
    client = sign_in(person(who))
    badges = client.get(reverse("today")).context["shell"].badges
    mine = reverse("follow_up_list") + "?whose=mine&when="
    assert badges["today"] == total_of(client, f"{mine}overdue") + total_of(client, f"{mine}today")
    assert badges["inbox"] == total_of(client, reverse("inbox"))
    if "complaints" in badges:
        assert badges["complaints"] == total_of(client, f"{reverse('complaint_list')}?tab=waiting")


@pytest.mark.parametrize("who", ["agent", *LEADERS])
def test_who_leads_reads_the_figures_of_the_lists_behind_them(firm, person, sign_in, who):
    client = sign_in(person(who))
    answer = client.get(reverse("today"))
    if "view" not in answer.context:
        assert who == "agent", "looks after nobody"
        return
    view = answer.context["view"]
    assert view.total.overdue == total_of(client, f"{reverse('follow_up_list')}?whose=team&when=overdue")
    assert view.total.due == total_of(client, f"{reverse('follow_up_list')}?whose=team&when=today")
    assert view.total.warnings == total_of(client, reverse("warning_list"))
    for section, count in view.total.waits:
        assert count == total_of(client, reverse(section.page)), section.key
    for person in answer.context["view"].people:
        assert person.overdue == total_of(client, person.overdue_url)
        assert person.due == total_of(client, person.due_url)
        assert person.warnings == total_of(client, person.warnings_url)
        for section, count, theirs in person.waits_with_lists:
            assert count == total_of(client, theirs), section.key
    for part in answer.context["sections"]:
        assert part.count == total_of(client, part.all_url), f"{part.key}: {part.all_url}"


def test_what_is_overdue_on_the_team_board_is_what_its_list_holds(firm, cast, sign_in):
    client = sign_in(cast.manager)
    rows = client.get(f"{reverse('team')}?month=2026-01").context["rows"]
    counted = {row.person.user: row.person.overdue for row in rows if row.person.overdue}
    assert counted == {row.person.user: total_of(client, row.overdue_url) for row in rows if row.person.overdue}
    assert counted


@pytest.mark.parametrize("who", ["wang", *LEADERS])
def test_the_figures_of_the_team_board_are_those_of_the_lists_behind_them(firm, cast, person, sign_in, who):
    """Also beside work that people outside the board do, and what is planned for customers in the recycle bin."""
    today = clock.business_date()
    pooled, binned = Customer.objects.get(name="客户4"), Customer.objects.get(name="客户0")
    for worker in (cast.agent, cast.manager):
        follow_up_create(customer=pooled, assignee=worker, due_on=today - timedelta(days=1), by=worker)
    Customer.objects.filter(pk=binned.pk).update(deleted_at=clock.now())
    page = sign_in(person(who)).get(reverse("team")).context
    client = sign_in(person(who))
    shown = [(page["overdue"], page["overdue_url"]), (page["silent"], page["silent_url"])]
    for row in page["rows"]:
        one = row.person
        shown += [(one.overdue, row.overdue_url), (one.planned, row.plans_url), (one.unwritten, row.unwritten_url)]
        shown += [(one.silent, row.silent_url)]
    assert any(count for count, _url in shown)
    for count, url in shown:
        assert count == total_of(client, url), url
