"""Files of a form go up as they are chosen, are shown at once, survive a closed page and are saved with the entry."""

import pytest
from playwright.sync_api import expect

from core.tests.files import samples
from tests.browser.pages import REP, rows_of

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]


def test_a_photo_is_shown_kept_and_saved(visit, the_site):
    visitor = visit(REP)
    page = visitor.page
    visitor.open(f"/interactions/new/?customer={rows_of(the_site)['customer']}")
    photo = {"name": "车间.jpg", "mimeType": "image/jpeg", "buffer": samples.picture()}
    program = {"name": "setup.exe", "mimeType": "application/octet-stream", "buffer": b"MZ\x90\x00" * 20}
    with page.expect_response("**/drafts/"):
        page.locator("[name=brought_new]").first.set_input_files([photo, program])
        expect(page.locator(".files-kept input[type=checkbox]")).to_have_count(1)
        assert page.locator(".files-kept img").get_attribute("src").startswith("blob:")
        expect(page.get_by_role("alert")).to_contain_text("setup.exe")
    page.reload()
    expect(page.locator(".files-kept input[type=checkbox]")).to_be_checked()
    page.locator("[name=kind][value=visit]").check(force=True)
    page.locator("[name=result][value=reached]").check(force=True)
    page.locator("[data-action=save]").click()
    page.wait_for_url("**/customers/**")
    shown = page.locator(".entry-files img").first
    expect(shown).to_be_visible()
    page.wait_for_function("image => image.complete && image.naturalWidth > 0", arg=shown.element_handle())


def test_a_file_that_was_refused_is_shown_before_the_form_goes(visit, the_site):
    """Pressed while it goes up, the form would leave without it and nobody would read why."""
    visitor = visit(REP)
    page = visitor.page
    visitor.open(f"/interactions/new/?customer={rows_of(the_site)['customer']}")
    page.locator("[name=kind][value=call]").check(force=True)
    page.locator("[name=result][value=reached]").check(force=True)
    program = {"name": "setup.exe", "mimeType": "application/octet-stream", "buffer": b"MZ\x90\x00" * 20}
    page.locator("[name=brought_new]").first.set_input_files([program])
    page.locator("[data-action=save]").click()
    expect(page.get_by_role("alert")).to_contain_text("setup.exe")
    assert "/interactions/new/" in page.url
    page.locator("[name=brought_new]").first.set_input_files([{**program, "name": "another.exe"}])
    expect(page.get_by_role("alert")).to_contain_text("another.exe")  # alone: what was refused before was read
    page.locator("[data-action=save]").click()
    page.locator("[data-action=save]").click()
    page.wait_for_url("**/customers/**")
