"""Every page, once on a phone in Chinese and once on a desk in the dark in English: reachable, accessible, not too
wide, silent console; axe looks at each in one of the two. All combinations: bin/test --heavy tour."""

import pytest

from tests.browser.pages import ADMIN, MANAGER, REP, TOUR, rows_of, tour
from tests.browser.visitor import DESK, PHONE

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]
LOOKS = [
    pytest.param({"width": PHONE, "theme": "light", "language": "zh-hans"}, id="phone-light-zh"),
    pytest.param({"width": DESK, "theme": "dark", "language": "en"}, id="desk-dark-en"),
]


@pytest.fixture(scope="package")
def rows(the_site):
    return rows_of(the_site)


@pytest.mark.parametrize("look", LOOKS)
@pytest.mark.parametrize("person", [REP, MANAGER, ADMIN])
def test_pages_are_whole(visit, rows, person, look):
    turn, paths = int(look["theme"] == "dark"), TOUR[person]
    if person == ADMIN:  # settings are seldom seen: each in one of the looks
        assert tour(visit(person, **look), paths[turn::2], rows) == []
    else:
        assert tour(visit(person, **look), paths, rows, turn=turn) == []


@pytest.mark.parametrize("look", LOOKS)
def test_the_sign_in_page_is_whole(chromium, the_site, look):
    from tests.browser.pages import fault_of
    from tests.browser.visitor import Visitor

    visitor = Visitor(chromium, the_site, **look)
    assert fault_of(visitor, "/login/") + visitor.faults == []
    visitor.close()
