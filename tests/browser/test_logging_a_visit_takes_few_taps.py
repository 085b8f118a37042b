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


HERE = {"latitude": 31.24, "longitude": 121.49, "accuracy": 15}


def test_a_check_in_takes_two_taps_and_opens_the_log_form(visit, the_site):
    page = visit(REP, width=PHONE).page
    page.context.grant_permissions(["geolocation"])
    page.context.set_geolocation(HERE)
    page.goto(f"{the_site.url}/check-in/?q=有限公司")
    page.locator("[data-locate]").tap()
    page.locator("[name=remember]").first.check()
    page.locator("#found [data-action=sign-in]").first.tap()
    page.wait_for_url("**/interactions/new/**")

    page.goto(f"{the_site.url}/check-in/")  # from now on the place is known
    page.locator("[data-locate]").tap()
    page.locator("#near [data-action=sign-in]").first.tap()
    page.wait_for_url("**/interactions/new/**")
    expect(page.locator("[name=kind][value=visit]")).to_be_checked()
    expect(page.locator("[name=occurred_at]")).not_to_have_value("")


def test_who_refuses_the_position_signs_in_with_a_reason(visit, the_site):
    page = visit(REP, width=PHONE).page
    page.goto(f"{the_site.url}/check-in/?q=有限公司")
    page.locator("[data-locate]").tap()
    expect(page.locator("[data-position]")).to_contain_text("Search for the customer and say why")
    expect(page.locator("[name=reason][value=refused]")).to_be_checked()
    page.locator("#found [data-action=sign-in]").last.tap()
    page.wait_for_url("**/interactions/new/**")
    expect(page.locator("#toasts")).to_contain_text("not located")
