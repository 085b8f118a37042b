"""The log form as it is tapped: "as planned" names the day of each result, and a prompt begins a line of the note."""

import json
import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.pages import REP
from tests.browser.site import Site
from tests.browser.visitor import PHONE

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]
NEW_CUSTOMER = f"""
from accounts.models import User
from customers.services import customer_create
rep = User.objects.get(email="{REP}")
print("ID", customer_create(by=rep, name="{{name}}", owner=rep, kind="company", phone="13812345678").pk)
"""


def form_for(visit, site: Site, name: str) -> Page:
    """The form of a customer at the first contact, on a phone."""
    pk = re.search(r"ID (\d+)", site.manage("shell", "-v0", "-c", NEW_CUSTOMER.format(name=name)))[1]
    visitor = visit(REP, width=PHONE)
    visitor.open(f"/interactions/new/?customer={pk}")
    return visitor.page


def chip(page: Page, result: str) -> Locator:
    return page.locator(f"label:has([name=result][value={result}])")


def test_as_planned_names_the_day_of_each_result_and_that_day_is_planned(visit, the_site):
    page = form_for(visit, the_site, "无锡德润化工")
    plans = json.loads(page.locator("[data-plans]").get_attribute("data-plans"))
    assert plans["reached"] != plans["proposal_sent"]
    for result in ("reached", "proposal_sent", "reached", "proposal_sent"):
        chip(page, result).tap()
        day, why = plans[result]
        expect(page.locator("[data-plan-day]")).to_have_text(day)
        expect(page.locator("[data-plan-why]")).to_have_text(why)
    page.locator("[data-action=save]").tap()
    expect(page.get_by_role("status").filter(has_text=day)).to_be_visible()


def test_a_day_of_the_contact_further_back_brings_the_plan_nearer(visit, the_site):
    page = form_for(visit, the_site, "常州华东泵业")
    day = page.locator("[data-plan-day]")
    before = day.inner_text()
    page.locator("details:has([name=occurred_at]) > summary").tap()
    at = page.locator("[name=occurred_at]")
    year = int(at.input_value()[:4]) - 1
    with page.expect_response(re.compile("on=")):
        at.fill(f"{year}{at.input_value()[4:]}")
        at.blur()
    expect(day).not_to_have_text(before)
    expect(day).to_have_text(re.compile(r"\S"))


def test_tapped_prompts_begin_lines_of_the_note_and_what_was_typed_stays(visit, the_site):
    page = form_for(visit, the_site, "宜兴海蓝物流")
    note = page.locator("[name=summary]")
    note.fill("到得晚了一点")
    prompts = page.locator(".prompts", has_text="What to ask")
    prompts.locator("summary").tap()
    expect(prompts).to_contain_text("SPIN")
    for heading, answer in (("Situation", "两班倒，手工记账"), ("Problem", "月底对不上")):
        page.locator(f"[data-inserts={heading}]").tap()
        expect(note).to_be_focused()
        page.keyboard.type(answer)
    expect(note).to_have_value("到得晚了一点\nSituation: 两班倒，手工记账\nProblem: 月底对不上")
    chip(page, "reached").tap()
    page.locator("[data-action=save]").tap()
    page.wait_for_url(lambda url: "/interactions/new/" not in url)
    expect(page.locator("#timeline")).to_contain_text("Situation: 两班倒，手工记账")
