"""What throws something away is called by what it does and has the colour of danger: nobody takes it for navigation."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.conf import settings

ROOT = Path(settings.BASE_DIR)
THROWS_AWAY = re.compile(r'\{% url "(?:customer|order|complaint)_delete"|formaction="\{% url "follow_up_cancel"')
PAGES = [path for path in (ROOT / "templates").rglob("*.html") if THROWS_AWAY.search(path.read_text(encoding="utf-8"))]


@pytest.mark.parametrize("path", PAGES, ids=lambda path: str(path.relative_to(ROOT)))
def test_it_has_the_tone_of_danger_and_a_verb(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    for found in THROWS_AWAY.finditer(text):
        begin = text.rfind("<", 0, found.start())
        act = text[begin : found.end() + 400].split("</form>")[0].split("</button>")[0]
        assert "danger" in act, act
        assert not re.search(r'(?:trans|_\() ?"Recycle bin"', act), act


def test_they_were_found() -> None:
    assert len(PAGES) >= 4
