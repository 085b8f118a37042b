"""One site and one Chromium for all browser tests of a worker.

They end with the last browser test: while Playwright runs, its event loop is this thread's, and Django refuses to speak
to the database there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.browser.site import Site, site
from tests.browser.visitor import Visitor, launch


@pytest.fixture(scope="package")
def the_site(request: pytest.FixtureRequest) -> Iterator[Site]:
    worker = getattr(request.config, "workerinput", {}).get("workerid", "one")
    with site(worker) as here:
        yield here


@pytest.fixture(scope="package")
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = launch(playwright)
        yield browser
        browser.close()


@pytest.fixture
def visit(the_site: Site, chromium: Browser) -> Iterator[Callable[..., Visitor]]:
    """`visit("lin@demo.keben.example", width=360)` is that person, signed in."""
    visitors: list[Visitor] = []

    def enter(email: str, **how: object) -> Visitor:
        visitor = Visitor(chromium, the_site, **how)
        visitors.append(visitor)
        return visitor.sign_in(email)

    yield enter
    for visitor in visitors:
        visitor.close()
