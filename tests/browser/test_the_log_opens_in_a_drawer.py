"""On the desk the log lies over the page it was asked for from; on a phone and without script it is a page."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.pages import REP, rows_of
from tests.browser.visitor import PHONE

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]
FORM = re.compile(r"/interactions/new/\?customer=\d+")


def covered(page) -> bool:
    """Whether the button that sticks to the bottom lies over the note."""
    note = page.locator("[name=summary]").bounding_box()
    foot = page.locator(".log-foot").bounding_box()
    return note["y"] + note["height"] > foot["y"]


def test_esc_back_and_errors_leave_the_page_where_it_was(visit):
    visitor = visit(REP)
    page = visitor.page
    page.set_viewport_size({"width": 1280, "height": 800})
    page.keyboard.press("j")
    page.keyboard.press("l")
    drawer = page.get_by_role("dialog", name="Log activity")
    expect(drawer).to_be_visible()
    assert FORM.search(page.url)
    expect(page.locator("main [data-row]").first).to_be_visible()  # the queue stays in sight
    assert visitor.axe() == []

    # What the server refuses, here a log without a result, is said in the drawer, and what was typed stays.
    drawer.locator("form").evaluate("form => form.noValidate = true")
    drawer.locator("[name=summary]").click()
    assert not covered(page)
    page.keyboard.type("答应周二给报价")
    page.keyboard.press("Control+Enter")
    expect(drawer.locator("[data-error-summary]")).to_be_focused()
    expect(drawer.locator("[name=summary]")).to_have_value("答应周二给报价")
    for _press in range(60):
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement === document.body || !!document.activeElement.closest('dialog')")

    # Esc closes it, the draft is kept at once, the focus is on the row again.
    drawer.locator("[name=summary]").fill("答应周二给报价。")
    with page.expect_response("**/drafts/") as kept:
        page.keyboard.press("Escape")
    assert kept.value.ok
    expect(drawer).to_be_hidden()
    expect(page).to_have_url(re.compile("/$"))
    assert page.evaluate("!!document.activeElement.closest('[data-row]')")

    page.keyboard.press("l")
    expect(drawer.locator("[name=summary]")).to_have_value("答应周二给报价。")
    drawer.locator("[name=summary]").click()
    assert not covered(page)  # nor with the banner of the draft
    page.go_back()
    expect(drawer).to_be_hidden()
    page.go_forward()
    expect(drawer).to_be_visible()
    page.reload()  # the address alone is the whole page
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(page.get_by_role("heading", level=1)).to_have_text("Log activity")
    page.locator("[name=summary]").click()
    assert not covered(page)
    assert [fault for fault in visitor.faults if "422" not in fault] == []  # the refusal above


def test_it_opens_over_a_customer_and_saving_leads_back_there(visit, the_site):
    visitor = visit(REP)
    page = visitor.page
    customer = rows_of(the_site)["customer"]
    visitor.open(f"/customers/{customer}/")
    page.keyboard.press("l")
    drawer = page.get_by_role("dialog", name="Log activity")
    expect(drawer).to_be_visible()
    page.keyboard.press("1")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_role("status").first).to_contain_text("logged")
    expect(page).to_have_url(re.compile(rf"/customers/{customer}/$"))
    expect(page.get_by_role("dialog")).to_have_count(0)
    assert visitor.faults == []


def test_on_a_phone_it_is_a_page(visit):
    page = visit(REP, width=PHONE).page
    page.locator("[data-row] [data-action=log]").first.tap()
    page.wait_for_url(FORM)
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(page.get_by_role("heading", level=1)).to_have_text("Log activity")
