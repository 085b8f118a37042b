"""The menu shows a person what they may open, once, and counts with one call."""

from types import SimpleNamespace

import pytest
from django.test import override_settings
from django.urls import path

from ui import nav

urlpatterns = [
    path("", lambda request: None, name="today"),
    path("customers/", lambda request: None, name="customers"),
    path("customers/new/", lambda request: None, name="new"),
    path("rules/", lambda request: None, name="rules"),
]


@pytest.fixture(autouse=True)
def an_empty_menu(monkeypatch):
    monkeypatch.setattr(nav, "_entries", {})
    monkeypatch.setattr(nav, "_actions", {})
    monkeypatch.setattr(nav, "_badge_source", None)
    with override_settings(ROOT_URLCONF=__name__):
        nav.register("Today", "today", "calendar-check", order=1, phone=1)
        nav.register("Customers", "customers", "users", "customer.view", order=2, phone=2, badge="customers")
        nav.register("Rules", "rules", "sliders-horizontal", "tier_rule.change", group="rules")
        yield


def person(*permissions: str) -> SimpleNamespace:
    return SimpleNamespace(can=lambda wanted: wanted in permissions)


def labels(user: SimpleNamespace, at: str = "/") -> list[str]:
    return [link.label for _, links in nav.groups(user, at, {}) for link in links]


def test_people_see_only_what_they_may_open():
    assert labels(person("customer.view")) == ["Today", "Customers"]
    assert labels(person("customer.view", "tier_rule.change")) == ["Today", "Customers", "Rules"]


def test_an_empty_group_has_no_heading():
    assert [heading for heading, _ in nav.groups(person(), "/", {})] == [""]


def test_a_page_below_lights_up_its_entry_and_today_only_itself():
    for at, expected in (("/customers/12/", "Customers"), ("/", "Today"), ("/elsewhere/", None)):
        current = [
            link.label for _, links in nav.groups(person("customer.view"), at, {}) for link in links if link.current
        ]
        assert current == ([expected] if expected else [])


def test_badges_come_from_one_call_and_are_capped():
    nav.count_badges_with(lambda user: {"customers": 1200})
    figures = nav.badges(person())
    link = nav.groups(person("customer.view"), "/", figures)[0][1][1]
    assert link.count == "999+"
    assert nav.capped(0) == ""


def test_the_phone_bar_keeps_its_places():
    assert [link.label for link in nav.phone_bar(person("customer.view"), "/")] == ["Today", "Customers"]


def test_the_plus_of_the_phone_is_the_primary_action():
    nav.register_action("New customer", "new", "user-plus", "customer.add")
    assert nav.primary_action(person("customer.add")) is None
    nav.register_action("Log", "new", "plus", "customer.add", primary=True)
    assert nav.primary_action(person("customer.add")).url == "/customers/new/"
    assert nav.primary_action(person()) is None


def test_an_entry_without_a_page_is_not_shown_but_found():
    nav.register("Ghost", "no-such-page", "x")
    assert "Ghost" not in labels(person())
    assert nav.unresolved() == ["no-such-page"]


def test_a_wrong_group_is_refused():
    with pytest.raises(ValueError, match="unknown menu group"):
        nav.register("X", "today", "x", group="nowhere")
