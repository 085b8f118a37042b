"""On a phone an open menu is whole, and its items are as large as a finger; so is the dialog it opens."""

import pytest

from tests.browser.pages import REP
from tests.browser.visitor import PHONE

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]
FINGER = 44


@pytest.mark.parametrize("path", ["/follow-ups/", "/", "/customers/"])
def test_a_menu_is_whole_and_large_enough(visit, path):
    visitor = visit(REP, width=PHONE)
    visitor.open(path)
    # A menu of its own, or the link in a row that becomes one.
    visitor.page.locator("main details.menu > summary, main a[data-menu-of]").first.tap()
    menu = visitor.page.locator("main details.menu[open]")
    box = menu.locator("> div").bounding_box()
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= PHONE
    assert box["y"] >= 0
    assert box["y"] + box["height"] <= visitor.page.viewport_size["height"]
    items = menu.locator("> div").locator("a, button").all()
    assert items
    assert not [item.inner_text() for item in items if item.bounding_box()["height"] < FINGER]


def test_what_a_dialog_holds_keeps_clear_of_its_edges(visit):
    page = visit(REP, width=PHONE).page
    page.locator("[data-row] details.menu > summary").first.tap()
    page.locator("details.menu[open] [data-dialog=pick-day]").tap()
    edge = page.locator("dialog[open]").bounding_box()
    for part in ("h2", "input[type=date]", "footer button >> nth=0"):
        assert page.locator(f"dialog[open] {part}").bounding_box()["x"] - edge["x"] >= 12, part
