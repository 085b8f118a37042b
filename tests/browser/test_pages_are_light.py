"""A cold page is at most 70 KB on the wire."""

import pytest

from tests.browser.pages import MANAGER, REP
from tests.browser.visitor import PHONE, weigh

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]
LIMIT = 70 * 1024


@pytest.mark.parametrize(("person", "path"), [(REP, "/"), (REP, "/customers/"), (MANAGER, "/segmentation/")])
def test_cold_pages_stay_below_70_kb(visit, person, path):
    assert weigh(visit(person, width=PHONE), path) <= LIMIT
