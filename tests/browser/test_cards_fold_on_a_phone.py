"""On a phone the cards of a customer's page are one line each until they are tapped; a desk shows all of them."""

import pytest

from tests.browser.pages import REP
from tests.browser.visitor import DESK, PHONE

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]


@pytest.mark.parametrize("script", [True, False])
def test_one_line_is_left_on_a_phone_and_all_is_open_on_a_desk(visit, script):
    visitor = visit(REP, width=PHONE, script=script)
    visitor.open("/customers/")
    page = visitor.page
    page.locator("tbody .cell-name a").first.tap()
    profile = page.locator("#card-profile")
    assert page.locator("#timeline").bounding_box()["y"] < profile.bounding_box()["y"]
    assert profile.locator(".pairs").first.is_hidden()
    assert "%" in profile.locator("> summary").inner_text()
    profile.locator("> summary").tap()
    assert profile.locator(".pairs").first.is_visible()

    page.set_viewport_size({"width": DESK, "height": 900})
    assert page.locator("#card-people .list").is_visible()
    assert not page.locator(".fold > summary").first.is_visible()
