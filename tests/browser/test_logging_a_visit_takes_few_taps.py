"""From Today: log a contact in at most four taps without typing; with and without JavaScript."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.pages import REP
from tests.browser.visitor import PHONE

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]


@pytest.mark.parametrize("script", [True, False], ids=["with-js", "without-js"])
def test_four_taps_and_nothing_typed(visit, script):
    page = visit(REP, width=PHONE, script=script).page
    taps = 0
    for control in ("[data-row] [data-action=log]", "label:has([name=result])", "[data-action=save]"):
        page.locator(control).first.tap()
        taps += 1
        page.wait_for_load_state()
    page.wait_for_url(lambda url: "/interactions/new/" not in url)
    assert taps <= 4
    expect(page.get_by_role("status").first).to_contain_text(re.compile(r"\S"))


def test_a_double_tap_saves_once(visit, the_site):
    page = visit(REP, width=PHONE).page
    count = "from customers.models import Interaction; print('N', Interaction.objects.count())"
    before = int(the_site.manage("shell", "-v0", "-c", count).split("N ")[1])
    page.locator("[data-row] [data-action=log]").first.tap()
    page.locator("label:has([name=result])").first.tap()
    page.locator("[data-action=save]").dblclick()
    page.wait_for_url(lambda url: "/interactions/new/" not in url)
    after = int(the_site.manage("shell", "-v0", "-c", count).split("N ")[1])
    assert after == before + 1
