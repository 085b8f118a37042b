"""A follow-up is put off from Today to any day and time: by finger, by keyboard, and without JavaScript in its form."""

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.pages import REP
from tests.browser.visitor import DESK, PHONE

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]
PICK = "[data-dialog=pick-day]"
DUE_TODAY = f"""
from core import clock
from customers.models import Customer
from followups.models import FollowUp
from accounts.models import User
rep = User.objects.get(email="{REP}")
calm = Customer.objects.filter(owner=rep, facts__warning="none", facts__open_complaints=0, follow_ups__isnull=True)
for customer in calm.order_by("pk")[:2]:
    FollowUp.objects.create(customer=customer, assignee=rep, due_on=clock.user_today(rep), purpose="选个日子")
    print("NAME", customer.name)
"""


@pytest.fixture(scope="module")
def due(the_site):
    """Names of customers with a follow-up for today, on nothing else's account on Today."""
    names = re.findall("NAME (.+)", the_site.manage("shell", "-v0", "-c", DUE_TODAY))
    assert len(names) == 2
    return names


def row_of(page: Page, name: str) -> Locator:
    return page.locator("main .queue-row").filter(has=page.get_by_role("link", name=name, exact=True))


def test_a_finger_picks_day_and_time(visit, due):
    page = visit(REP, width=PHONE).page
    row = row_of(page, due[0])
    row.locator("summary").tap()
    row.locator(PICK).tap()
    dialog = page.get_by_role("dialog", name="Pick a day")
    expect(dialog).to_contain_text(due[0])
    year = int(dialog.get_by_label("Day").input_value()[:4]) + 1  # the day planned so far stands there
    dialog.get_by_label("Day").fill(f"{year}-06-15")
    dialog.get_by_label("Time").fill("16:40")
    dialog.get_by_role("button", name="Save").tap()
    said = re.compile(rf"{re.escape(due[0])}: moved to .*15 Jun.* 16:40")
    expect(page.get_by_role("status").filter(has_text=said)).to_be_visible()
    expect(row).to_have_count(0)


def test_keys_reach_the_day_and_come_back_to_the_row(visit, due):
    page = visit(REP, width=DESK).page
    row = row_of(page, due[1])
    opener = row.locator("summary")
    opener.press("Enter")
    row.locator(PICK).press("Enter")
    expect(page.get_by_label("Day", exact=True)).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(opener).to_be_focused()


def test_without_javascript_the_form_of_the_follow_up_asks_for_the_day(visit, due):
    page = visit(REP, width=PHONE, script=False).page
    row = row_of(page, due[1])
    row.locator("summary").tap()
    row.locator(PICK).tap()
    page.wait_for_url(re.compile(r"/follow-ups/\d+/edit/"))
    expect(page.locator("[name=due_on]")).to_have_value(re.compile(r"\d{4}-\d\d-\d\d"))
