"""One fact of a customer costs two taps, counted; by keyboard it is Enter, the value, Enter; without script a page."""

import pytest
from playwright.sync_api import expect

from tests.browser.pages import REP, rows_of
from tests.browser.visitor import PHONE

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]


def test_a_choice_is_two_taps(visit, the_site):
    visitor = visit(REP, width=PHONE)
    page = visitor.page
    visitor.open(f"/customers/{rows_of(the_site)['customer']}/")
    page.locator("#card-profile > summary").tap()
    profile = page.locator("#card-profile")
    taps = 0
    for name, chip in (("price_sensitivity", 0), ("price_sensitivity", 1)):
        link = profile.locator(f"a[href$='/field/{name}/']")
        if not link.is_visible():
            profile.get_by_text("Add a fact").tap()
        link.tap()
        wanted = profile.locator(".one-field .chip").nth(chip)
        words = wanted.inner_text()
        wanted.tap()
        taps += 2
        expect(profile.locator(f"a[href$='/field/{name}/']")).to_have_text(words)
    assert taps == 4
    assert visitor.axe() == []


def test_by_keyboard_the_focus_stays_where_the_fact_is(visit, the_site):
    page = visit(REP).page
    page.goto(f"{the_site.url}/customers/{rows_of(the_site)['customer']}/")
    link = page.locator("a[href$='/field/region/']")
    link.focus()
    page.keyboard.press("Enter")
    expect(page.locator(".one-field input[name=region]")).to_be_focused()
    page.locator(".one-field input[name=region]").fill("苏州高新区")
    page.keyboard.press("Enter")
    expect(link).to_have_text("苏州高新区")
    expect(link).to_be_focused()
