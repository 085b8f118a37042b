"""bin/dev: Django's own server on the tables of a data folder, with what protects the pages as in production."""

import os
import subprocess
from collections.abc import Iterator
from http.client import HTTPResponse
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.request import urlopen

import pytest
from django.conf import settings
from django.db import connection

from accounts.hashers import ModestArgon2
from accounts.models import User
from conftest import PASSWORD, Cast
from runtime import dev
from runtime.check import Browser
from runtime.layout import DataFolder
from runtime.postgres import free_port
from runtime.prepare import schema_of_code
from runtime.processes import end_group, wait_until
from runtime.start import Filled


@pytest.fixture
def address(transactional_db: None, tmp_path: Path) -> Iterator[str]:
    """It serves the test database, in the folder of an installation that is reached by https otherwise."""
    port = free_port()
    address = f"http://localhost:{port}"
    database = settings.DATABASES["default"]
    url = f"postgres://{database['USER']}:{database['PASSWORD']}@{database['HOST']}:{database['PORT']}"
    given = {"DATABASE_URL": f"{url}/{connection.settings_dict['NAME']}", "KEBEN_DATA": str(tmp_path)}
    given |= {"BASE_URL": "https://keben.example.com", "DJANGO_SETTINGS_MODULE": "crm.settings"}
    with (tmp_path / "log").open("wb") as log:
        environment = dev.serving_environment({**os.environ, **given}, address)
        server = subprocess.Popen(dev.serving_command(port), env=environment, stdout=log, stderr=log, process_group=0)
    try:
        assert wait_until(lambda: _answers(f"{address}/healthz"), 60, pause=0.2), (tmp_path / "log").read_text()
        assert "Watching for file changes" in (tmp_path / "log").read_text()
        yield address
    finally:
        end_group(server, 5)


def _answers(url: str) -> bool:
    try:
        return _get(url).status == 200
    except OSError:
        return False


def _get(url: str) -> HTTPResponse | HTTPError:
    try:
        return urlopen(url, timeout=10)
    except HTTPError as error:
        return error


def test_pages_styles_and_cookies_come_as_in_production_over_plain_http(address: str, cast: Cast) -> None:
    page = _get(f"{address}/login/")
    text = page.read().decode()
    assert "style-src 'self'" in page.headers["Content-Security-Policy"]
    cookies = page.headers.get_all("Set-Cookie")
    assert cookies
    assert not [cookie for cookie in cookies if "secure" in cookie.lower()]
    style = next(part for part in text.split('"') if part.endswith(".css"))
    assert _get(address + style).status == 200
    # The tests' cheap way of hashing is unknown there.
    User.objects.filter(pk=cast.wang.pk).update(password=ModestArgon2().encode(PASSWORD, "a-salt-of-a-test"))
    assert Browser(address).sign_in(cast.wang.email, PASSWORD) == ""
    missing = _get(f"{address}/no-such-page/")
    assert missing.status == 404
    assert "DEBUG = True" in missing.read().decode()


class _Servers:
    """No servers: what would be served is looked at, not called."""

    def __init__(self, *_: Any) -> None: ...

    def __enter__(self) -> "_Servers":
        return self

    def __exit__(self, *_: object) -> None: ...

    def addresses(self) -> dict[str, str]:
        return {"DATABASE_URL": "postgres://keben_embedded:x@127.0.0.1:1/keben"}

    programs = addresses


def test_it_uses_the_folder_of_bin_start_and_leaves_its_address_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = DataFolder(tmp_path / "data").make()
    folder.env_file.write_text(
        "SECRET_KEY=kept-by-the-folder-with-more-than-32-characters\nBASE_URL=https://a.example\n"
    )
    folder.kind_file.write_text("demo\n")
    (folder.path / "prepared").write_text(schema_of_code())
    seen: dict[str, Any] = {}
    monkeypatch.setattr(dev, "Servers", _Servers)
    monkeypatch.setattr(dev, "fill", lambda *_: Filled([{"role": "rep", "email": "rep@example.com"}], True))
    monkeypatch.setattr(dev.venv, "ensure", lambda *_: None)
    monkeypatch.setattr(dev.foreground, "run", lambda command, environment, _: seen.update(environment, c=command) or 3)
    assert dev.dev(None, str(folder.path)) == 3
    assert seen["DEBUG"] == "1"
    assert seen["KEBEN_DATA"] == str(folder.path)
    address = f"http://localhost:{str(seen['c'][-1]).rpartition(':')[2]}"
    assert seen["BASE_URL"] == address
    said = capsys.readouterr().out
    assert address in said
    assert "rep rep@example.com" in said
    assert "BASE_URL=https://a.example" in folder.env_file.read_text()
    assert address not in folder.env_file.read_text()
