"""What Today and the notices cost, counted: open the log, put off, done without a note, from a notice to its cause; and
how much of a phone's screen a row takes."""

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.pages import REP
from tests.browser.visitor import PHONE

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]
PLANNED = f"""
from accounts.models import User
from core import clock
from customers.models import Customer
from followups.models import FollowUp, Notice
rep = User.objects.get(email="{REP}")
calm = Customer.objects.filter(owner=rep, facts__warning="none", facts__open_complaints=0)
for customer in calm.order_by("-pk")[:4]:
    customer.follow_ups.filter(state="open").update(state="cancelled", closed_at=clock.now())
    FollowUp.objects.create(customer=customer, assignee=rep, due_on=clock.user_today(rep), purpose="问考虑得怎样")
    Notice.objects.create(
        user=rep, customer=customer, kind="assigned", key=f"given:{{customer.pk}}", due_at=clock.now(),
        url=f"/customers/{{customer.pk}}/",
    )
"""


@pytest.fixture(scope="module", autouse=True)
def _planned(the_site):
    """Some customers with a follow-up for today and a notice of them."""
    the_site.manage("shell", "-v0", "-c", PLANNED)


class Finger:
    """Counts its taps."""

    def __init__(self, page: Page) -> None:
        self.page, self.taps = page, 0

    def tap(self, control: Locator) -> None:
        self.taps += 1
        control.tap()


def planned_row(page: Page) -> Locator:
    """The first row that has a follow-up."""
    return page.locator("[data-row]:has([formaction$='/done/'])").first


def test_one_tap_opens_the_log_of_a_row(visit):
    page = visit(REP, width=PHONE).page
    finger = Finger(page)
    finger.tap(page.locator("[data-row] [data-action=log]").first)
    page.wait_for_url(re.compile("/interactions/new/"))
    assert finger.taps == 1


@pytest.mark.parametrize("wanted", ["[name=days][value='3']", "[formaction$='/done/']"], ids=["in 3 days", "done"])
def test_two_taps_put_a_row_off_or_end_it(visit, wanted):
    page = visit(REP, width=PHONE).page
    finger, row = Finger(page), planned_row(page)
    name = row.locator(".name a").inner_text()
    finger.tap(row.locator("summary"))
    finger.tap(row.locator(wanted))
    expect(page.get_by_role("status").first).to_contain_text(name)
    assert finger.taps == 2


def test_one_tap_leads_from_a_notice_to_its_cause(visit):
    visitor = visit(REP, width=PHONE)
    visitor.open("/inbox/")
    finger = Finger(visitor.page)
    finger.tap(visitor.page.locator("main a[href$='/open/']").first)
    visitor.page.wait_for_url(re.compile(r"/customers/\d+/"))
    assert finger.taps == 1


HEIGHTS = "rows => rows.map(row => Math.round(row.getBoundingClientRect().height))"


@pytest.mark.parametrize(
    ("path", "rows", "most"),
    [
        ("/", ".queue:not(.wordy) > [data-row]", 72),
        ("/", ".queue.wordy > [data-row]", 94),
        ("/follow-ups/", "tbody tr", 80),
    ],
    ids=["Today", "warnings and complaints", "follow-ups"],
)
def test_a_row_leaves_room_for_others_and_for_a_finger(visit, path, rows, most):
    visitor = visit(REP, width=PHONE, language="zh-hans")
    visitor.open(path)
    heights = visitor.page.locator(f"main {rows}").evaluate_all(HEIGHTS)
    assert heights
    assert max(heights) <= most
    assert visitor.small_targets() == []
