"""The menu shows a person what they may open, once, and counts with one call."""

from types import SimpleNamespace

import pytest
from django.test import override_settings
from django.urls import path

from accounts.models import Team, User
from core import contributions
from core.company import company
from core.contributions import Badge, Begin, Contribution, MenuEntry, Registry
from ui import nav

urlpatterns = [
    path("", lambda request: None, name="today"),
    path("customers/", lambda request: None, name="customers"),
    path("customers/new/", lambda request: None, name="new"),
    path("rules/", lambda request: None, name="rules"),
]


def installed(monkeypatch, **families):
    monkeypatch.setattr(contributions, "_registry", Registry([Contribution("x", **families)]))


MENU = (
    MenuEntry("Today", "today", "calendar-check", order=1, phone=1),
    MenuEntry("Customers", "customers", "users", "customer.view", order=2, phone=2, badge="customers"),
    MenuEntry("Rules", "rules", "sliders-horizontal", "tier_rule.change", group="rules"),
)


@pytest.fixture(autouse=True)
def a_small_menu(monkeypatch):
    installed(monkeypatch, menu=MENU)
    with override_settings(ROOT_URLCONF=__name__):
        yield


def person(*permissions: str) -> SimpleNamespace:
    return SimpleNamespace(can=lambda wanted: wanted in permissions)


def labels(user: SimpleNamespace, at: str = "/") -> list[str]:
    return [link.label for _, links in nav.groups(nav.entries_of(user), at, {}) for link in links]


def test_people_see_only_what_they_may_open():
    assert labels(person("customer.view")) == ["Today", "Customers"]
    assert labels(person("customer.view", "tier_rule.change")) == ["Today", "Customers", "Rules"]


def test_an_empty_group_has_no_heading():
    assert [heading for heading, _ in nav.groups(nav.entries_of(person()), "/", {})] == [""]


def test_a_page_below_lights_up_its_entry_and_today_only_itself():
    for at, expected in (("/customers/12/", "Customers"), ("/", "Today"), ("/elsewhere/", None)):
        drawn = nav.groups(nav.entries_of(person("customer.view")), at, {})
        current = [link.label for _, links in drawn for link in links if link.current]
        assert current == ([expected] if expected else [])


@pytest.mark.django_db
def test_badges_come_from_one_query_and_are_capped(monkeypatch, cast, django_assert_num_queries):
    badges = (Badge("teams", lambda user: Team.objects.all()), Badge("none", lambda user: Team.objects.none()))
    installed(monkeypatch, badges=badges)
    user = User.objects.select_related("role").get(pk=cast.wang.pk)  # as every request has it
    assert user.reach
    assert company()
    with django_assert_num_queries(1):
        assert nav.badges(user) == {"teams": 3, "none": 0}
    installed(monkeypatch, menu=MENU)
    link = nav.groups(nav.entries_of(person("customer.view")), "/", {"customers": 1200})[0][1][1]
    assert link.count == "999+"
    assert nav.capped(0) == ""


def test_the_phone_bar_keeps_its_places():
    assert [link.label for link in nav.phone_bar(nav.entries_of(person("customer.view")), "/")] == [
        "Today",
        "Customers",
    ]


def test_the_plus_of_the_phone_is_the_primary_action(monkeypatch):
    installed(monkeypatch, begin=(Begin("New customer", "new", "user-plus", "customer.add"),))
    assert nav.primary_action(person("customer.add")) is None
    installed(monkeypatch, begin=(Begin("Log", "new", "plus", "customer.add", primary=True),))
    assert nav.primary_action(person("customer.add")).url == "/customers/new/"
    assert nav.primary_action(person()) is None


def test_an_entry_without_a_page_is_not_shown_but_found(monkeypatch):
    installed(monkeypatch, menu=(*MENU, MenuEntry("Ghost", "no-such-page", "x")))
    assert "Ghost" not in labels(person())
    assert nav.unresolved() == ["no-such-page"]
