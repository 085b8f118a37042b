"""What a phone shows without scrolling: the first row of a list, the tab that is chosen, short rows, no idle fields."""

import pytest
from playwright.sync_api import expect

from core.tests.files import samples
from tests.browser.pages import REP, rows_of
from tests.browser.visitor import PHONE

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]
HEIGHTS = "rows => rows.map(row => Math.round(row.getBoundingClientRect().height))"


def test_the_first_warning_stands_in_the_upper_half(visit):
    visitor = visit(REP, width=PHONE)
    visitor.open("/segmentation/warnings/")
    assert visitor.page.locator("tbody tr").first.bounding_box()["y"] <= 400


def test_the_chosen_tab_is_in_sight(visit):
    visitor = visit(REP, width=PHONE)
    visitor.open("/segmentation/warnings/?view=all")
    tab = visitor.page.locator(".tabs [aria-current]").bounding_box()
    assert tab["x"] >= 0
    assert tab["x"] + tab["width"] <= PHONE


def test_a_file_is_a_short_row_with_a_small_picture(visit, the_site):
    visitor = visit(REP, width=PHONE)
    page = visitor.page
    visitor.open(f"/attachments/new/?on=customer&row={rows_of(the_site)['customer']}")
    name = "车间照片 " * 12 + ".jpg"
    photo = {"name": name, "mimeType": "image/jpeg", "buffer": samples.picture()}
    page.locator("[data-files] input[type=file]").first.set_input_files([photo])
    expect(page.locator(".files-kept .file:not(.uploading)")).to_have_count(1)
    page.locator("main .button.primary").first.click()  # once: with nothing left to wait for the form goes at once
    page.wait_for_url(lambda url: "/attachments/new/" not in url)
    visitor.open("/attachments/")
    assert max(page.locator("tbody tr").evaluate_all(HEIGHTS)) <= 72
    shown = page.locator("tbody tr img").first
    expect(shown).to_be_visible()
    assert visitor.small_targets() == []
    assert visitor.axe() == []


def test_hours_of_ones_own_are_asked_only_where_they_count(visit):
    visitor = visit(REP, width=PHONE)
    visitor.open("/profile/ways/")
    page = visitor.page
    expect(page.locator("[name=quiet_from]")).to_be_hidden()
    page.locator("[name=quiet][value=own]").check(force=True)
    expect(page.locator("[name=quiet_from]")).to_be_visible()


@pytest.mark.parametrize("script", [True, False])
def test_why_without_a_position_is_asked_where_there_is_none(visit, script):
    visitor = visit(REP, width=PHONE, script=script)
    visitor.open("/check-in/")
    reasons = visitor.page.locator("#id_reason")
    if script:
        expect(reasons).to_be_hidden()
        visitor.page.get_by_text("Without a position", exact=True).tap()
    expect(reasons).to_be_visible()
