"""The calendar in a browser: two taps move a follow-up, three plan one; keys and the mouse move one as well."""

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.pages import REP
from tests.browser.visitor import DESK, PHONE, Visitor

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]
CALENDAR = "/follow-ups/calendar/?view=agenda"
PLANNED = f"""
from datetime import timedelta
from core import clock
from customers.models import Customer
from followups.models import FollowUp
from accounts.models import User
rep = User.objects.get(email="{REP}")
calm = Customer.objects.filter(owner=rep, facts__open_complaints=0)
for customer in calm.order_by("-pk")[4:8]:
    customer.follow_ups.filter(state="open").update(state="cancelled", closed_at=clock.now())
    FollowUp.objects.create(
        customer=customer, assignee=rep, due_on=clock.user_today(rep) + timedelta(days=1), due_time="06:00"
    )
    print("NAME", customer.name)
"""


@pytest.fixture(scope="module")
def planned(the_site):
    """Names of customers with a follow-up tomorrow, the first of their day."""
    names = re.findall("NAME (.+)", the_site.manage("shell", "-v0", "-c", PLANNED))
    assert len(names) == 4
    return names


def opened(visitor: Visitor) -> Page:
    assert visitor.open(CALENDAR) == 200
    return visitor.page


def card_of(page: Page, name: str) -> Locator:
    return page.locator(".plan-card").filter(has=page.get_by_role("link", name=name, exact=True))


def day_of(page: Page, name: str) -> str:
    return page.locator("[data-day]").filter(has=card_of(page, name)).get_attribute("data-day") or ""


class Drawn:
    """A card held with the mouse. Spoken to the browser itself: Playwright takes a card that is lifted late, on a busy
    machine, for one that was never lifted, and every later move is lost."""

    def __init__(self, page: Page, card: Locator) -> None:
        self.page, self.browser, self.held = page, page.context.new_cdp_session(page), []
        self.browser.on("Input.dragIntercepted", lambda event: self.held.append(event["data"]))
        self.browser.send("Input.setInterceptDrags", {"enabled": True})
        card.scroll_into_view_if_needed()
        box = card.locator(".when").bounding_box()
        assert box
        self.at = (box["x"] + 4, box["y"] + 4)
        self._mouse("mousePressed")
        while not self.held:
            self.at = (self.at[0] - 2, self.at[1])
            self._mouse("mouseMoved")
            page.wait_for_timeout(50)

    def over(self, x: float, y: float) -> None:
        """Hold it over a place of the page."""
        self.at = (x, y)
        for kind in ("dragEnter", "dragOver"):
            self._drag(kind)

    def let_go(self) -> None:
        """Where it is held now."""
        self._drag("drop")
        self._mouse("mouseReleased")

    def _mouse(self, kind: str) -> None:
        x, y = self.at
        self.browser.send(
            "Input.dispatchMouseEvent", {"type": kind, "x": x, "y": y, "button": "left", "buttons": 1, "clickCount": 1}
        )

    def _drag(self, kind: str) -> None:
        x, y = self.at
        self.browser.send("Input.dispatchDragEvent", {"type": kind, "x": x, "y": y, "data": self.held[0]})


def head_of(page: Page, day: str) -> tuple[float, float]:
    box = page.locator(f"[data-day='{day}'] .day-head").bounding_box()
    assert box
    return box["x"] + 90, box["y"] + 12


def test_two_taps_move_it(visit, planned):
    page = opened(visit(REP, width=PHONE))
    before = day_of(page, planned[0])
    card_of(page, planned[0]).locator("[data-menu-of]").tap()
    card_of(page, planned[0]).locator(".move-to button").nth(3).tap()
    expect(page.get_by_role("status").filter(has_text=planned[0])).to_be_visible()
    assert day_of(page, planned[0]) != before


def test_keys_move_as_well(visit, planned):
    page = opened(visit(REP, width=DESK))
    before = day_of(page, planned[1])
    card_of(page, planned[1]).locator("[data-menu-of]").press("Enter")
    card_of(page, planned[1]).locator(".move-to button").nth(2).press("Enter")
    expect(page.get_by_role("status").filter(has_text=planned[1])).to_be_visible()
    assert day_of(page, planned[1]) != before


def test_the_mouse_draws_a_card_to_another_day_and_undo_brings_it_back(visit, planned):
    page = opened(visit(REP, width=DESK))
    page.set_viewport_size({"width": DESK, "height": 4000})  # both days in sight, however much others have planned
    before, name = day_of(page, planned[2]), planned[2]
    days = page.locator("[data-day]")
    to = days.evaluate_all("(days) => days.map((day) => day.dataset.day)")[0]
    assert to < before  # today, above tomorrow
    drawn = Drawn(page, card_of(page, name))
    drawn.over(*head_of(page, to))
    expect(page.locator(f"[data-day='{to}']")).to_have_class(re.compile("receives"))
    drawn.let_go()
    said = page.get_by_role("status").filter(has_text=name)
    expect(said).to_be_visible()
    assert day_of(page, name) == to
    page.get_by_role("button", name="Undo").first.click()
    expect(page.locator(f"[data-day='{before}']").filter(has=card_of(page, name))).to_be_visible()


def test_a_card_that_is_let_go_where_it_was_stays(visit, planned):
    page = opened(visit(REP, width=DESK))
    before = day_of(page, planned[3])
    drawn = Drawn(page, card_of(page, planned[3]))
    drawn.over(*head_of(page, before))
    assert page.locator(".receives").count() == 0
    drawn.let_go()
    assert page.url.endswith(CALENDAR)
    assert day_of(page, planned[3]) == before


def test_a_phone_begins_with_today_and_an_entry_is_low_enough_to_see_many(visit, planned):
    visitor = visit(REP, width=PHONE)
    for view in ("week", "month"):
        assert visitor.open(f"/follow-ups/calendar/?view={view}") == 200
        first = visitor.page.locator("[data-calendar] > li:visible").first
        assert "today" in (first.get_attribute("class") or "").split()
    page = opened(visitor)
    heights = [card_of(page, name).evaluate("(card) => card.offsetHeight") for name in planned]
    assert max(heights) <= 80
    assert visitor.small_targets() == []


def test_the_menu_says_whom_it_moves(visit, planned):
    page = opened(visit(REP, width=PHONE))
    card = card_of(page, planned[0])
    card.locator("[data-menu-of]").tap()
    expect(card.locator("[data-moved]")).to_have_text(planned[0])


def test_three_taps_plan_one_more(visit):
    page = opened(visit(REP, width=PHONE))
    page.locator("main").get_by_role("link", name="Plan a follow-up").tap()
    page.locator("main a[href*='customer=']").first.tap()
    page.locator("form [data-action=save]").tap()
    expect(page.get_by_role("status").filter(has_text="Planned for")).to_be_visible()
