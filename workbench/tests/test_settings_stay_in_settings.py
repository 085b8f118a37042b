"""Whoever saves a page of Settings stays there, to look at what was saved and to go on with the next."""

from __future__ import annotations

import re

import pytest
from django.urls import reverse

from tests.access.matrix import Route
from tests.access.routes import feedback as complaints
from tests.access.routes import followups, system

pytestmark = pytest.mark.django_db
PAGES = {
    route.name: route
    for route in (*system.ROUTES, *followups.ROUTES, *complaints.ROUTES)
    if route.name.endswith("_settings") and {"GET", "POST"} <= route.methods.keys()
}


def version_on(client, address: str) -> dict[str, str]:
    """The version that the page was opened with."""
    found = re.search(r'name="version" value="(\d+)"', client.get(address).content.decode())
    return {"version": found[1]} if found else {}


def test_the_pages_are_known():
    assert {"calendar_settings", "message_settings", "company_settings"} <= PAGES.keys()


@pytest.mark.parametrize("route", PAGES.values(), ids=PAGES.keys())
def test_saving_leads_back_into_settings(cast, sign_in, route: Route):
    client, address = sign_in(cast.admin), reverse(route.name)
    answer = client.post(address, {**(route.data(None, None) if route.data else {}), **version_on(client, address)})
    assert answer.status_code in (200, 302, 409, 422), "a page of its own says what is wrong"
    if answer.status_code == 302:
        assert answer.url.startswith("/settings/"), answer.url


@pytest.mark.parametrize("name", ["calendar_settings", "message_settings"])
def test_these_two_are_saved_and_stay(cast, sign_in, name):
    client, address, route = sign_in(cast.admin), reverse(name), PAGES[name]
    assert client.post(address, {**route.data(None, None), **version_on(client, address)}).url == address
