"""A site of its own for browser tests: a small demo company in a database beside the test database, behind gunicorn
with the production settings, so that compression, static files and headers are the real ones."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings

from tests.databases import address_of, connect, drop_database, migrated

PASSWORD = "a-long-demo-password"
ROOT = Path(settings.BASE_DIR)
MANAGE = [sys.executable, "-W", "ignore", str(ROOT / "manage.py")]


@dataclass(frozen=True)
class Site:
    """Where it answers and how to run commands on it."""

    url: str
    environment: dict[str, str]

    def manage(self, *arguments: str) -> str:
        """Run a management command; returns what it printed."""
        done = subprocess.run(
            [*MANAGE, *arguments], env=self.environment, cwd=ROOT, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, f"{arguments}: {done.stderr[-3000:]}"
        return done.stdout


@contextmanager
def site(worker: str, customers: int = 150) -> Iterator[Site]:
    """Make the database, load the demo company, start the server; everything is gone afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="keben-site-"))
    port = _free_port()
    environment = _environment(folder, f"keben_site_{worker}_{os.getpid()}", port)
    here = Site(f"http://127.0.0.1:{port}", environment)
    name = environment["DATABASE_URL"].rpartition("/")[2]
    _sql(f'CREATE DATABASE "{name}" TEMPLATE "{migrated()}"')
    try:
        here.manage("ensure_company")
        here.manage("load_demo", "--customers", str(customers))
        here.manage("compile_translations")
        here.manage("collectstatic", "--noinput", "-v0")
        with _gunicorn(here, port):
            yield here
    finally:
        drop_database(_sql, name)
        shutil.rmtree(folder, ignore_errors=True)


def _environment(folder: Path, name: str, port: int) -> dict[str, str]:
    return os.environ | {
        "DATABASE_URL": address_of(name),
        "DJANGO_SETTINGS_MODULE": "crm.settings",
        "KEBEN_DATA": str(folder),
        "KEBEN_IGNORE_ENV_FILES": "1",
        "BASE_URL": f"http://127.0.0.1:{port}",
        "SECRET_KEY": "browser-tests-key-with-more-than-thirty-two-characters",
        "DEMO_PASSWORD": PASSWORD,
        "DEBUG": "false",
    }


def _sql(statement: str) -> None:
    with closing(connect("postgres")) as opened, opened.cursor() as cursor:
        cursor.execute(statement)


@contextmanager
def _gunicorn(here: Site, port: int) -> Iterator[None]:
    command = [sys.executable, "-m", "gunicorn", "-c", "gunicorn.conf.py", "--workers", "1"]
    process = subprocess.Popen(
        [*command, "--bind", f"127.0.0.1:{port}", "--log-level", "error"], env=here.environment, cwd=ROOT
    )
    try:
        _wait(here.url)
        yield
    finally:
        process.terminate()
        process.wait(timeout=20)


def _wait(url: str) -> None:
    for _attempt in range(300):
        try:
            urllib.request.urlopen(f"{url}/healthz", timeout=2)
            return
        except OSError:
            time.sleep(0.2)
    raise RuntimeError("the site of the browser tests did not answer")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
