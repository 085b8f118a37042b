"""Ctrl+Enter sends a form whatever its fields are called: one called "method" hides the form's own method."""

import pytest
from playwright.sync_api import expect

from tests.browser.pages import MANAGER, REP, rows_of

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]


@pytest.mark.parametrize(
    ("who", "path", "field"),
    [
        (REP, "/follow-ups/new/?customer={customer}", "purpose"),
        (REP, "/customers/{customer}/own-plan/", "purpose"),
        (MANAGER, "/settings/occasions/new/", "content"),
    ],
)
def test_a_form_with_a_field_called_method_is_sent(visit, the_site, who, path, field):
    visitor = visit(who)
    page = visitor.page
    visitor.open(path.format_map(rows_of(the_site)))
    assert page.locator("main form [name=method]").count()
    page.locator(f"main form [name={field}]").focus()
    page.locator(f"main form:has([name={field}])").evaluate("form => form.noValidate = true")
    with page.expect_request(lambda request: request.method == "POST" and "/drafts/" not in request.url):
        page.keyboard.press("Control+Enter")
    expect(page.locator("h1")).to_be_visible()
