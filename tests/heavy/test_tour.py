"""Every page in both languages, themes and widths, and at a width between those: `bin/test --heavy tour`."""

from itertools import product

import pytest

from tests.browser.conftest import chromium, the_site, visit  # noqa: F401 — fixtures
from tests.browser.pages import ADMIN, MANAGER, REP, TOUR, rows_of, tour
from tests.browser.visitor import DESK, PHONE, TABLET

pytestmark = [pytest.mark.heavy, pytest.mark.browser]
LANGUAGES = ("zh-hans", "en")
# What a width between the two can break is a matter of layout; colours are the same there.
LOOKS = [*product(LANGUAGES, ("light", "dark"), (PHONE, DESK)), *product(LANGUAGES, ("light",), (TABLET,))]


@pytest.mark.parametrize(("language", "theme", "width"), LOOKS)
@pytest.mark.parametrize("person", [REP, MANAGER, ADMIN])
def test_every_page_in_every_look(visit, the_site, person, language, theme, width):  # noqa: F811
    visitor = visit(person, language=language, theme=theme, width=width)
    assert tour(visitor, TOUR[person], rows_of(the_site)) == []
