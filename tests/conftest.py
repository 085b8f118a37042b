"""Browser tests run where a Chromium is; in CI (KEBEN_REQUIRE_BROWSER=1) a missing one is a failure, not a skip."""

import pytest

from runtime import browser


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    if browser.find_chromium() or browser.is_required():
        return
    for item in items:
        if item.get_closest_marker("browser"):
            item.add_marker(pytest.mark.skip(reason=browser.MISSING))
