"""Administrators see how much room files take and say how much there may be; it counts at once."""

import html
import re
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ValidationError

from accounts.models import AuditEntry
from core.files import store
from core.tests.files import samples

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _folder(settings: Any, tmp_path: Path) -> None:
    settings.STORAGE_DIR = str(tmp_path)


def test_it_is_shown_and_changed(sign_in: Any, cast: Any) -> None:
    store.keep(chunks=[samples.PDF], name="a.pdf", by=cast.wang)
    page = sign_in(cast.admin)
    shown = page.get("/settings/files/").content.decode()
    assert "1 KB" in shown
    opened = {name: re.search(rf'name="{name}" value="([^"]*)"', shown) for name in ("version", "original")}
    sealed = {name: html.unescape(found[1]) for name, found in opened.items() if found}
    assert page.post("/settings/files/", {"largest_mb": "1", "quota_mb": "2", **sealed}).status_code == 302
    assert AuditEntry.objects.get(act="company.files").details == {"largest_mb": [25, 1], "quota_mb": [20000, 2]}
    with pytest.raises(ValidationError, match="larger than 1 MB"):
        store.keep(chunks=[b"%PDF-1.7" + bytes(1_100_000)], name="b.pdf", by=cast.wang)


def test_nobody_else_changes_it(sign_in: Any, cast: Any) -> None:
    assert sign_in(cast.auditor).get("/settings/files/").status_code == 200
    assert sign_in(cast.auditor).post("/settings/files/", {"largest_mb": "1", "quota_mb": "2"}).status_code == 403
    assert sign_in(cast.wang).get("/settings/files/").status_code == 403
