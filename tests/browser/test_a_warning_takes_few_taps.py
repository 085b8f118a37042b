"""What the board of warnings costs, counted: a win-back plan, closing with a reason; board and case fit in the dark."""

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.pages import MANAGER
from tests.browser.visitor import DESK, PHONE

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]
BOARD = "/segmentation/warnings/board/"


class Finger:
    """Counts its taps."""

    def __init__(self, page: Page) -> None:
        self.page, self.taps = page, 0

    def tap(self, control: Locator) -> None:
        self.taps += 1
        control.click()


def card(page: Page) -> Locator:
    return page.locator("[data-row]:has([data-menu-of]):visible").first


@pytest.mark.parametrize("width", [DESK, PHONE])
def test_two_taps_give_it_with_a_plan(visit, width):
    visitor = visit(MANAGER, width=width)
    visitor.open(BOARD)
    page = visitor.page
    finger, row = Finger(page), card(page)
    finger.tap(row.locator("[data-menu-of]"))
    page.locator("[name=plan]:visible").fill("Ask what went wrong")
    finger.tap(page.locator("[formaction$='/give/']:visible"))
    expect(page.get_by_role("status").first).to_be_visible()
    assert finger.taps <= 3
    assert visitor.faults == []


@pytest.mark.parametrize(("width", "state"), [(DESK, "lost"), (PHONE, "false_alarm")])
def test_three_taps_close_it_and_not_without_a_reason(visit, width, state):
    visitor = visit(MANAGER, width=width)
    visitor.open(BOARD)
    page = visitor.page
    finger, row = Finger(page), card(page)
    button = page.locator(f"[name=state][value={state}]:visible")
    finger.tap(row.locator("[data-menu-of]"))
    reason = page.locator("[name=reason]:visible")
    button.click()  # without a reason the browser refuses
    assert reason.evaluate("field => field.validity.valueMissing")
    finger.tap(reason)
    page.keyboard.type("On holiday until March")
    finger.tap(button)
    expect(page.get_by_role("status").first).to_contain_text("closed")
    assert finger.taps <= 3
    assert visitor.faults == []


@pytest.mark.parametrize("width", [DESK, PHONE])
def test_board_and_case_fit_in_the_dark(visit, width):
    visitor = visit(MANAGER, width=width, theme="dark")
    page = visitor.page
    visitor.open(BOARD)
    case = card(page).locator("a[data-user]").first.get_attribute("href")
    for address in (BOARD, case):
        visitor.open(address)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, address
    assert visitor.faults == []
