"""The pictures of README.md, made from the demo company: `bin/test --heavy shots` writes docs/shots/."""

from pathlib import Path

import pytest

from runtime.layout import ROOT
from tests.browser.conftest import chromium  # noqa: F401 — a fixture
from tests.browser.pages import MANAGER, REP, rows_of
from tests.browser.site import site
from tests.browser.visitor import DESK, PHONE, Visitor

pytestmark = [pytest.mark.heavy, pytest.mark.browser]

FOLDER = ROOT / "docs" / "shots"
SHOTS = [
    ("today", REP, "/", {"width": DESK, "language": "en"}),
    ("today-phone", REP, "/", {"width": PHONE, "language": "zh-hans", "theme": "dark"}),
    ("log-phone", REP, "/interactions/new/?customer={customer}", {"width": PHONE, "language": "en"}),
    ("customer", REP, "/customers/{customer}/", {"width": DESK, "language": "zh-hans"}),
    ("tiers", MANAGER, "/segmentation/", {"width": DESK, "language": "en"}),
]


@pytest.fixture(scope="module")
def company():
    with site("shots", customers=3000) as here:
        yield here


@pytest.mark.parametrize(("name", "person", "path", "look"), SHOTS, ids=[shot[0] for shot in SHOTS])
def test_a_picture_for_the_readme(chromium, company, name, person, path, look):  # noqa: F811
    visitor = Visitor(chromium, company, **look).sign_in(person)
    assert visitor.open(path.format(**rows_of(company))) == 200
    visitor.page.wait_for_load_state("networkidle")
    FOLDER.mkdir(exist_ok=True)
    target: Path = FOLDER / f"{name}.png"
    visitor.page.screenshot(path=target)
    assert target.stat().st_size > 20_000
    assert visitor.faults == []
    visitor.close()
