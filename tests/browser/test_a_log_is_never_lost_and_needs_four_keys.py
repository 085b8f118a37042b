"""The quick log on the desk: four keys; its draft says that it is kept; without a network nothing typed is lost."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.pages import REP

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]


def test_four_keys_from_today_and_back_to_the_next_row(visit):
    page = visit(REP).page
    rows = page.locator("[data-row]")
    following = rows.nth(1).get_attribute("id")
    for key in ("j", "l"):
        page.keyboard.press(key)
    page.wait_for_url(re.compile("/interactions/new/"))
    expect(page.locator("[name=result]").first).to_be_focused()
    page.keyboard.press("2")
    expect(page.locator("[name=result]").nth(1)).to_be_checked()
    page.keyboard.press("Control+Enter")
    page.wait_for_url(lambda url: "/interactions/new/" not in url)
    assert page.url.endswith(f"/#{following}")
    expect(page.locator(f"[id='{following}']")).to_be_in_viewport()


def test_the_draft_is_told_and_without_a_network_the_page_stays(visit):
    visitor = visit(REP)
    page = visitor.page
    page.locator("[data-row] [data-action=log]").first.click()
    page.fill("[name=summary]", "答应周二给二期报价")
    expect(page.locator("[data-draft-state=saved]")).to_be_visible(timeout=6000)
    page.locator("label:has([name=result])").first.click()
    page.context.set_offline(True)
    page.locator("[data-action=save]").click()
    expect(page.get_by_role("alert")).to_contain_text("nothing was sent")
    expect(page.locator("[name=summary]")).to_have_value("答应周二给二期报价")
    page.locator("[name=summary]").press_sequentially("。")
    expect(page.locator("[data-draft-state=failed]")).to_be_visible(timeout=6000)
    page.context.set_offline(False)
    page.locator("[data-action=save]").click()
    page.wait_for_url(lambda url: "/interactions/new/" not in url)
    expect(page.get_by_role("status").first).to_contain_text("logged")
