"""Lists of a leader end inside a small laptop: what is done with a row stands in sight, without pushing the table."""

import pytest

from tests.browser.pages import ADMIN, MANAGER, REP
from tests.browser.visitor import DESK, PHONE, TABLET

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]
LISTS = (
    "/follow-ups/",
    "/follow-ups/effect/",
    "/follow-ups/effect/activities/",
    "/orders/",
    "/feedback/complaints/",
    "/feedback/complaints/?figure=received",
    "/messages/?tab=all",
    "/segmentation/prospects/",
    "/team/",
    "/team/visits/",
)
HIDDEN = "area => area.scrollWidth - area.clientWidth"
# Cells whose separator stands at the beginning of a line: their first box begins where the row's text does.
DANGLING = """() => [...document.querySelectorAll('.table.lines td')].filter((cell) => {
  const mark = getComputedStyle(cell, '::before').content;
  const [first] = cell.getClientRects();
  if (!first || !mark.includes('·') || getComputedStyle(cell).display !== 'inline') return false;
  const row = cell.closest('tr');
  return first.left < row.getBoundingClientRect().left + parseFloat(getComputedStyle(row).paddingLeft) + 2;
}).map((cell) => cell.textContent.trim())"""
TIGHT = """() => [...document.querySelectorAll('.five .chip.square > span')].filter((word) => {
  if (!word.offsetParent) return false;
  const [chip, text] = [word.closest('.chip').getBoundingClientRect(), word.getBoundingClientRect()];
  return text.left - chip.left < 3 || chip.right - text.right < 3;
}).map((word) => word.textContent)"""


@pytest.mark.parametrize("path", ["/follow-ups/", "/segmentation/warnings/", "/orders/", "/messages/?tab=all"])
def test_a_list_with_rows_ends_inside_a_desk(visit, path):
    page = visit(MANAGER, width=DESK).page
    page.goto(f"{page.url.rstrip('/')}{path}")
    assert page.locator(".scroll").count(), "there are rows"
    assert page.locator(".scroll").first.evaluate(HIDDEN) == 0


@pytest.mark.parametrize("width", [DESK, 1024, 992, TABLET, PHONE])
def test_nothing_of_a_table_lies_out_of_sight(visit, width):
    page = visit(MANAGER, width=width).page
    base, wide = page.url.rstrip("/"), {}
    for path in LISTS:
        page.goto(f"{base}{path}")
        over = page.locator(".scroll").first.evaluate(HIDDEN) if page.locator(".scroll").count() else 0
        if over:
            wide[path] = over
    assert not wide


def test_no_line_of_a_card_begins_with_a_separator(visit):
    page = visit(ADMIN, width=PHONE).page
    base, found = page.url.rstrip("/"), {}
    for path in ("/settings/users/", *LISTS, "/customers/?view=all", "/products/"):
        page.goto(f"{base}{path}")
        if dangling := page.evaluate(DANGLING):
            found[path] = dangling[:3]
    assert not found


def test_the_head_of_the_calendar_stays_on_one_line(visit):
    page = visit(MANAGER, width=DESK).page
    page.goto(f"{page.url.rstrip('/')}/follow-ups/calendar/")
    label = page.locator("label:has(select[name=person]) > span").first
    assert label.evaluate("word => word.getClientRects().length") == 1


def test_the_methods_of_the_log_have_room_in_their_buttons(visit):
    page = visit(REP, width=PHONE).page
    page.goto(page.url.rstrip("/") + page.locator("a[data-action=log]").first.get_attribute("href"))
    assert page.locator(".five .chip.square > span").count()
    assert page.evaluate(TIGHT) == []
