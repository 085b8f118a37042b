"""Working through Today on the desk: "Save, next" shows the next form in the drawer, over a queue drawn anew."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.pages import REP

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]
FORM = re.compile(r"/interactions/new/\?customer=\d+")
OVERLAP = """() => {
  const [one, other] = [".toast", ".log-foot"].map((at) => document.querySelector(at).getBoundingClientRect());
  return one.bottom > other.top && one.top < other.bottom;
}"""


def names(page) -> list[str]:
    return page.locator("main [data-row] .name a").all_inner_texts()


def test_the_next_form_takes_its_place_and_the_queue_is_drawn_anew(visit):
    visitor = visit(REP)
    page = visitor.page
    first, second, *_others = names(page)
    page.keyboard.press("j")
    page.keyboard.press("l")
    drawer = page.get_by_role("dialog", name="Log activity")
    expect(drawer.locator(".log-customer b")).to_have_text(first)
    page.keyboard.press("1")
    drawer.get_by_role("button", name="Save, next").click()
    expect(drawer.locator(".log-customer b")).to_have_text(second)
    expect(drawer.get_by_role("status")).to_contain_text(first)
    assert FORM.search(page.url)
    expect(page.locator("main [data-row] .name a").first).to_have_text(second)
    assert visitor.axe() == []

    page.keyboard.press("Escape")
    expect(drawer).to_be_hidden()
    expect(page).to_have_url(re.compile("/$"))
    assert names(page)[0] == second
    assert visitor.faults == []


def test_alone_what_was_said_leaves_the_buttons_free(visit):
    visitor = visit(REP)
    page = visitor.page
    page.set_viewport_size({"width": 1000, "height": 900})  # no room for a drawer
    page.locator("[data-row] [data-action=log]").first.click()
    page.wait_for_url(FORM)
    page.locator("label:has([name=result])").first.click()
    page.get_by_role("button", name="Save, next").click()
    expect(page.locator(".toast")).to_be_visible()
    assert FORM.search(page.url)
    assert not page.evaluate(OVERLAP)
