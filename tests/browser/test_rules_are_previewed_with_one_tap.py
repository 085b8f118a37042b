"""From the draft of tier rules one tap shows who would move, two more and a reason publish it; on desk and phone."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.pages import MANAGER
from tests.browser.visitor import DESK, PHONE, Visitor

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]
EDIT = "/segmentation/rules/b2c/edit/"


@pytest.mark.parametrize("width", [DESK, PHONE])
def test_one_tap_previews_and_two_more_publish(visit, width):
    visitor: Visitor = visit(MANAGER, width=width)
    page = visitor.page
    visitor.open(EDIT)
    page.fill("[name=r0-c0-min]", "3")
    taps = 0

    def tap(control: str) -> None:
        nonlocal taps
        taps += 1
        with page.expect_navigation():
            page.locator(control).first.click()

    tap("[data-action=preview]")
    expect(page.locator("h1")).to_contain_text(re.compile(r"The next night would move [\d,]+ customers?: "))
    assert taps == 1
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    expect(page.locator(".matrix")).to_be_visible()
    expect(page.locator("#months .chart").first).to_be_visible()  # it came after the page
    with page.expect_navigation():
        page.locator(".matrix td[class*=wash] a").first.click()
    expect(page.locator("tbody [data-row]").first).to_be_visible()
    page.go_back()
    tap("[data-action=publish]")
    page.fill("[name=reason]", "quieter market")
    tap("main form button[type=submit]")
    assert taps == 3
    expect(page.locator("[role=status]").first).to_contain_text("is published")
    visitor.open("/segmentation/rules/b2c/versions/")
    assert visitor.faults == []
