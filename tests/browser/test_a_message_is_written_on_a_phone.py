"""A message that is written on a phone: another channel takes what was typed along, and the button copies the text."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.pages import REP, rows_of
from tests.browser.visitor import PHONE

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]
TEXT = "一字不差：\n样品周三到。"


@pytest.fixture
def page(visit, the_site):
    page = visit(REP, width=PHONE).page
    customer = rows_of(the_site)["customer"]
    page.goto(f"{the_site.url}/messages/new/?customer={customer}&channel=wechat&template=none")
    return page


def test_another_channel_takes_the_text_along(page):
    page.fill("[name=text]", TEXT)
    page.get_by_role("button", name="E-mail").or_(page.get_by_role("button", name="SMS")).first.tap()
    page.wait_for_url("**channel=*")
    page.get_by_role("button", name="WeChat").tap()
    page.wait_for_url("**channel=wechat*")
    expect(page.locator("[name=text]")).to_have_value(TEXT)


def test_the_button_that_says_copy_copies(page):
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.fill("[name=text]", TEXT)
    page.get_by_role("button", name="Write and copy").tap()
    page.wait_for_url(re.compile(r"/messages/\d+/$"))
    assert page.evaluate("navigator.clipboard.readText()") == TEXT
