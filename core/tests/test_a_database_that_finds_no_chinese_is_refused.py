"""A database of locale C: `migrate` stops before it makes a table, and health names the one that is there already."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from io import StringIO
from typing import Any

import psycopg2
import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import connection

from core import health, sql
from core.checks import chinese_search
from tests.databases import drop_database


def _admin() -> Any:
    own = connection.settings_dict
    opened = psycopg2.connect(
        host=own["HOST"], port=own["PORT"], user=own["USER"], password=own["PASSWORD"], dbname="postgres"
    )
    opened.autocommit = True
    return opened


@pytest.fixture
def plain() -> Iterator[str]:
    """The address of a fresh database with the locale C."""
    name = f"plain_{os.getpid()}"
    with closing(_admin()) as opened, opened.cursor() as cursor:
        cursor.execute(f"CREATE DATABASE {name} TEMPLATE template0 ENCODING 'UTF8' LOCALE 'C'")
    own = connection.settings_dict
    yield f"postgres://{own['USER']}:{own['PASSWORD']}@{own['HOST']}:{own['PORT']}/{name}"
    with closing(_admin()) as opened, opened.cursor() as cursor:
        drop_database(cursor.execute, name)


def test_migrate_refuses_it_and_makes_nothing(plain: str) -> None:
    answer = subprocess.run(
        [sys.executable, "manage.py", "migrate"],
        cwd=settings.BASE_DIR,
        env={**os.environ, "DATABASE_URL": plain},
        capture_output=True,
        text=True,
    )
    assert answer.returncode == 1
    assert "the search would find no Chinese name: it was created with the locale C" in answer.stderr
    assert "LOCALE 'C.UTF-8'" in answer.stderr
    with closing(psycopg2.connect(plain)) as opened, opened.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'")
        assert cursor.fetchone() == (0,)
        cursor.execute("SELECT count(*) FROM pg_extension WHERE extname = 'pg_trgm'")
        assert cursor.fetchone() == (0,)


@pytest.mark.django_db
def test_a_database_with_a_utf8_locale_passes() -> None:
    assert chinese_search(databases=["default"]) == []
    assert chinese_search(databases=None) == []  # a check without a database asks none


@pytest.fixture
def blind(monkeypatch: pytest.MonkeyPatch) -> None:
    """This database, as if it had been made with the locale C."""
    asked = sql.fetch

    def fetch(app: str, name: str, *args: Any, **more: Any) -> list[tuple[Any, ...]]:
        rows = asked(app, name, *args, **more)
        return [(*rows[0][:-1], False)] if (app, name) == ("core", "database") else rows

    monkeypatch.setattr(sql, "fetch", fetch)


@pytest.mark.django_db
def test_health_is_all_right_about_this_one(defaults: None) -> None:
    assert next(light.level for light in health.lights([]) if light.code == "database") == health.OK


@pytest.mark.django_db
@pytest.mark.usefixtures("blind")
def test_health_names_it_on_the_page_and_in_the_command(cast: Any, sign_in: Any) -> None:
    page = sign_in(cast.admin).get("/settings/health/").content.decode()
    assert "finds no Chinese name" in page
    out = StringIO()
    with pytest.raises(CommandError, match="database"):
        call_command("check_health", stdout=out)
    assert "danger  database" in out.getvalue()


DOORS = {
    "gunicorn": ["gunicorn", "-c", "gunicorn.conf.py", "--bind", "127.0.0.1:0"],
    "worker": ["celery", "-A", "crm", "worker", "-c", "1"],
    "beat": ["celery", "-A", "crm", "beat", "--pidfile="],
}


@pytest.mark.parametrize("door", DOORS)
def test_nothing_that_serves_starts_on_it(plain: str, door: str) -> None:
    answer = subprocess.run(
        [sys.executable, "-m", *DOORS[door]],
        cwd=settings.BASE_DIR,
        env={**os.environ, "DATABASE_URL": plain, "WEB_CONCURRENCY": "1"},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert answer.returncode == 1, answer.stderr[-2000:]
    assert "Keben doesn't start. This database makes no trigrams of Chinese text" in answer.stderr
    assert "LOCALE 'C.UTF-8'" in answer.stderr
