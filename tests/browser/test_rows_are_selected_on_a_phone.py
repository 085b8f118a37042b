"""Rows of lists are selected by finger: one by its box, which lies over the link of its card, or all of the page."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.pages import MANAGER
from tests.browser.visitor import DESK, PHONE, TABLET

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]
LISTS = ("/customers/?view=all", "/segmentation/warnings/", "/follow-ups/")
BOXES = "tbody .select input"


@pytest.mark.parametrize("path", LISTS)
@pytest.mark.parametrize("width", [PHONE, TABLET])
def test_a_tap_on_the_box_selects_the_row_and_opens_nothing(visit, path, width):
    page = visit(MANAGER, width=width).page
    page.goto(f"{page.url.rstrip('/')}{path}")
    here, box = page.url, page.locator(BOXES).first
    box.evaluate("box => box.scrollIntoView({ block: 'center' })")
    spot = box.bounding_box()
    assert spot is not None
    page.mouse.click(spot["x"] + spot["width"] / 2, spot["y"] + spot["height"] / 2)
    expect(box).to_be_checked()
    assert page.url == here
    expect(page.locator("[data-selected]")).to_have_text("1")


def test_all_rows_of_the_page_are_selected_where_the_table_has_no_head(visit):
    page = visit(MANAGER, width=PHONE).page
    page.goto(f"{page.url.rstrip('/')}/customers/?view=all")
    rows = page.locator(BOXES).count()
    every = page.locator(".bulk [data-all]")
    expect(every).to_be_hidden()
    page.locator("tbody .select .hit").first.tap()
    every.tap()
    expect(page.locator("[data-selected]")).to_have_text(str(rows))
    expect(page.locator(f"{BOXES}:checked")).to_have_count(rows)
    page.locator("tbody .select .hit").first.tap()  # one less is not all
    expect(every).not_to_be_checked()
    page.get_by_role("button", name=re.compile("Clear selection")).tap()
    expect(page.locator(f"{BOXES}:checked")).to_have_count(0)


def test_the_head_of_a_table_selects_them_where_it_is_in_sight(visit):
    page = visit(MANAGER, width=DESK).page
    page.goto(f"{page.url.rstrip('/')}/customers/?view=all")
    page.locator("thead [data-all]").check()
    expect(page.locator(f"{BOXES}:checked")).to_have_count(page.locator(BOXES).count())
    expect(page.locator(".bulk [data-all]")).to_be_hidden()
