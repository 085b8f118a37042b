"""Every page, on a phone in Chinese or on a desk in the dark in English: reachable, accessible, not too wide, silent
console. A manager's pages in both, since they hold the most. All combinations: bin/test --heavy tour."""

import pytest

from tests.browser.pages import ADMIN, MANAGER, REP, TOUR, rows_of, tour
from tests.browser.visitor import DESK, PHONE

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]
ON_A_PHONE = {"width": PHONE, "theme": "light", "language": "zh-hans"}
AT_A_DESK = {"width": DESK, "theme": "dark", "language": "en"}
LOOKS = [pytest.param(ON_A_PHONE, id="phone-light-zh"), pytest.param(AT_A_DESK, id="desk-dark-en")]
TOURS = [(REP, ON_A_PHONE), (MANAGER, ON_A_PHONE), (MANAGER, AT_A_DESK), (ADMIN, AT_A_DESK)]


@pytest.fixture(scope="package")
def rows(the_site):
    return rows_of(the_site)


@pytest.mark.parametrize(
    ("person", "look"), TOURS, ids=lambda value: value if isinstance(value, str) else str(value["width"])
)
def test_pages_are_whole(visit, rows, person, look):
    assert tour(visit(person, **look), TOUR[person], rows) == []


@pytest.mark.parametrize("look", LOOKS)
def test_the_sign_in_page_is_whole(chromium, the_site, look):
    from tests.browser.pages import fault_of
    from tests.browser.visitor import Visitor

    visitor = Visitor(chromium, the_site, **look)
    assert fault_of(visitor, "/login/") + visitor.faults == []
    visitor.close()
