"""From a customer's page to the close of a complaint: few clicks, few forms, with and without JavaScript."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.pages import REP, rows_of
from tests.browser.visitor import Visitor

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]


class Hand:
    """Counts the clicks, and the forms that they send."""

    def __init__(self, page: Page) -> None:
        self.page, self.clicks, self.forms = page, 0, 0
        page.on("request", self._sent)

    def _sent(self, request: object) -> None:
        self.forms += request.method == "POST" and "/feedback/complaints/" in request.url

    def click(self, control: str, leads_on: bool = False) -> None:
        self.clicks += 1
        if leads_on:
            with self.page.expect_navigation():
                self.page.locator(control).first.click()
        else:
            self.page.locator(control).first.click()

    def spent(self) -> tuple[int, int]:
        spent, self.clicks, self.forms = (self.clicks, self.forms), 0, 0
        return spent


@pytest.mark.parametrize("script", [True, False], ids=["with-js", "without-js"])
def test_three_clicks_take_it_in_and_five_close_it(visit, the_site, script):
    visitor: Visitor = visit(REP, script=script)
    page = visitor.page
    visitor.open(f"/customers/{rows_of(the_site)['customer']}/")
    hand = Hand(page)
    hand.click("main a[href*='/feedback/complaints/new/']", leads_on=True)
    page.fill("[name=text]", "The housing arrived cracked.")
    page.fill("[name=response]", "We are sorry. A new one leaves today.")
    hand.click("label:has([name=category][value=product])")
    hand.click("[data-action=save]", leads_on=True)
    assert hand.spent() == (3, 1)
    for _step in ("the investigation", "the solution"):
        hand.click("[data-action=move]", leads_on=True)
    page.fill("#move_result", "Replaced, the old one was fetched.")
    hand.click("[data-action=move]", leads_on=True)
    hand.click("label:has(#move_csat_4)")
    hand.click("[data-action=move]", leads_on=True)
    assert hand.spent() == (5, 4)
    expect(page.locator(".steps .done")).to_have_count(5)
    expect(page.get_by_text(re.compile("Satisfaction 5 of 5")).first).to_be_visible()


def test_what_is_solved_at_once_is_closed_with_three_clicks(visit, the_site):
    visitor: Visitor = visit(REP)
    visitor.open(f"/feedback/complaints/{rows_of(the_site)['complaint']}/")
    hand = Hand(visitor.page)
    hand.click(".settle summary")
    visitor.page.fill("#settle_result", "Replaced.")
    hand.click("label:has(#settle_csat_3)")
    hand.click(".settle [value=closed]", leads_on=True)
    assert hand.spent() == (3, 1)
    expect(visitor.page.locator(".steps .done")).to_have_count(5)
