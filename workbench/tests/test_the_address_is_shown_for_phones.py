"""The address of the installation for phones: said plainly who reaches it, a code only where one leads somewhere."""

from __future__ import annotations

from typing import Any

import pytest

from conftest import Cast
from workbench.first_run.phone import ANYWHERE, HERE, OFFICE, reach_of


@pytest.mark.parametrize(
    ("host", "reach"),
    [
        ("127.0.0.1", HERE),
        ("::1", HERE),
        ("localhost", HERE),
        ("192.168.1.10", OFFICE),
        ("10.0.0.7", OFFICE),
        ("crm.local", OFFICE),
        ("crm", OFFICE),
        ("keben.example.com", ANYWHERE),
        ("8.8.8.8", ANYWHERE),
    ],
)
def test_who_reaches_a_host(host: str, reach: str) -> None:
    assert reach_of(host) == reach


@pytest.mark.django_db
def test_everybody_finds_the_code_and_nobody_one_that_leads_nowhere(cast: Cast, sign_in: Any, settings: Any) -> None:
    settings.BASE_URL, settings.BASE_HOST = "http://192.168.1.10:8000", "192.168.1.10"
    page = sign_in(cast.wang).get("/phone/").content.decode()
    assert "http://192.168.1.10:8000" in page
    assert page.count('viewBox="0 0 29 29"') == 1
    assert "style=" not in page
    assert "/trust/" not in page
    settings.LAN_CA = "/somewhere/ca.crt"
    assert "/trust/" in sign_in(cast.wang).get("/phone/").content.decode()
    settings.BASE_URL, settings.BASE_HOST = "http://127.0.0.1:8000", "127.0.0.1"
    page = sign_in(cast.wang).get("/phone/").content.decode()
    assert "works on this computer only" in page
    assert "bin/start --lan" in page
    assert 'class="qr"' not in page
