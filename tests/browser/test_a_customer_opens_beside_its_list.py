"""On a wide desk a customer of a list opens beside it; on a phone and without script the same link is a page."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.pages import REP
from tests.browser.visitor import DESK, PHONE

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]
CUSTOMER = re.compile(r"/customers/\d+/")
LIST = "/customers/?view=all"


def names(page):
    return page.locator("tbody .cell-name a.lettered")  # not the way to call, which stands beside it


def test_the_list_stays_in_use_and_the_keys_go_on(visit):
    visitor = visit(REP, width=DESK)
    page = visitor.page
    visitor.open(LIST)
    first, second = names(page).nth(0).inner_text(), names(page).nth(1).inner_text()
    names(page).nth(0).click()
    panel = page.get_by_role("dialog", name=first)
    expect(panel).to_be_visible()
    expect(page).to_have_url(CUSTOMER)
    expect(panel.get_by_role("link", name="Open the page")).to_be_focused()
    assert visitor.axe() == []
    page.keyboard.press("j")
    expect(names(page).nth(1)).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog", name=second)).to_be_visible()

    # One fact, where it stands in the panel; Esc leaves the field first, then the panel.
    fact = page.locator(".beside dd .fact-value").first
    fact.click()
    expect(page.locator(".beside .one-field :focus")).to_have_count(1)
    page.keyboard.press("Escape")
    expect(page.locator(".beside .one-field")).to_have_count(0)
    page.keyboard.press("Escape")
    expect(page.locator("dialog.drawer[open]")).to_have_count(0)
    expect(page).to_have_url(re.compile(r"/customers/\?view=all"))


def test_a_comment_is_written_in_the_panel_and_typed_text_keeps_it_open(visit):
    visitor = visit(REP, width=DESK)
    page = visitor.page
    visitor.open(LIST)
    names(page).nth(2).click()
    box = page.locator(".beside .comment-on textarea")
    box.fill("给同事看")
    page.keyboard.press("Escape")
    expect(box).to_have_value("给同事看")
    page.locator(".beside .comment-on button").click()
    expect(page.locator(".beside .timeline")).to_contain_text("给同事看")
    page.go_back()
    expect(page.locator("dialog.drawer[open]")).to_have_count(0)


def test_on_a_phone_it_is_a_page(visit):
    visitor = visit(REP, width=PHONE)
    visitor.open(LIST)
    names(visitor.page).first.tap()
    expect(visitor.page).to_have_url(CUSTOMER)
    expect(visitor.page.locator(".customer-page")).to_be_visible()


def test_a_fact_of_a_row_is_edited_in_its_cell(visit):
    visitor = visit(REP, width=DESK)
    visitor.open(f"{LIST}&columns=region")
    visitor.page.locator("tbody a.fact-value").first.click()
    expect(visitor.page.locator("tbody .one-field")).to_be_visible()
    expect(visitor.page).to_have_url(re.compile(r"/customers/\?view=all"))
    expect(visitor.page.locator("dialog.drawer[open]")).to_have_count(0)
