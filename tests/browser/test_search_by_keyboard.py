"""Ctrl+K by keyboard alone: a number leads to its order, the open record to what can be done with it."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.pages import REP, rows_of

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]
AN_ORDER = (
    "from accounts.models import User; from sales.models import Order;"
    f" print('N', Order.objects.for_user(User.objects.get(email='{REP}')).first().number)"
)


def test_a_number_and_enter_open_the_order_and_the_record_offers_its_acts(visit, the_site):
    number = the_site.manage("shell", "-v0", "-c", AN_ORDER).split("N ")[1].strip()
    visitor = visit(REP)
    page = visitor.page

    def open_palette() -> None:
        page.keyboard.press("Control+k")
        expect(page.get_by_role("combobox")).to_be_focused()

    open_palette()
    page.keyboard.type(number.lower())
    first = page.get_by_role("option", selected=True)
    expect(first).to_contain_text(number)
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/orders/\d+/"))
    expect(page.get_by_role("heading", level=1)).to_have_text(number)

    open_palette()
    page.keyboard.type("nothing of that kind")
    expect(page.locator("#palette").get_by_role("status")).to_contain_text("Orders: order number")
    assert visitor.axe() == []
    page.keyboard.press("Escape")
    expect(page.locator("#palette")).to_be_hidden()

    customer = rows_of(the_site)["customer"]
    visitor.open(f"/customers/{customer}/")
    open_palette()
    acts = page.get_by_role("group", name=page.locator("h1").inner_text())
    for label in ("Log activity", "Plan", "Order", "Complaint"):
        expect(acts.get_by_role("option").filter(has_text=label).first).to_be_visible()
    page.keyboard.type("plan")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/follow-ups/new/?customer={customer}")
    assert visitor.faults == []


def test_without_script_the_page_finds_the_same(visit, the_site):
    number = the_site.manage("shell", "-v0", "-c", AN_ORDER).split("N ")[1].strip()
    page = visit(REP, script=False).page
    page.fill(".top input[type=search]", number)
    page.press(".top input[type=search]", "Enter")
    page.locator("main").get_by_role("link", name=number, exact=True).click()
    page.wait_for_url(re.compile(r"/orders/\d+/"))
    expect(page.get_by_role("heading", level=1)).to_have_text(number)
