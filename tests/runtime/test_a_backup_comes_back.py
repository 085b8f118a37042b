"""backup, restore and restore_drill on real servers: what was there is there again, elsewhere, on another version."""

import contextlib
import json
import os
import secrets
import shutil
import stat
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psycopg2
import pytest
from django.conf import settings as project
from django.contrib.auth import authenticate
from django.db import connection
from django.test import RequestFactory, override_settings

from accounts.models import User
from conftest import PASSWORD
from core import company as company_row
from core.backup import archive, work
from core.backup.errors import BackupError
from core.files import store
from core.files.sweep import sweep_files
from core.models import Company
from core.tests.files import samples
from core.version import VERSION
from customers.models import Attachment, Customer
from customers.services import attach
from runtime.layout import ROOT
from runtime.postgres import Cluster, find_postgres
from runtime.problems import Problem
from tests.databases import drop_database

pytestmark = pytest.mark.django_db(transaction=True)


@dataclass
class Place:
    """A data folder and a database of one's own."""

    folder: Path
    url: str

    def manage(self, *arguments: str) -> dict[str, Any]:
        """What a command of manage.py tells there."""
        given = {**os.environ, "KEBEN_DATA": str(self.folder), "DATABASE_URL": self.url}
        for name in ("STORAGE_DIR", "DJANGO_SETTINGS_MODULE"):
            given.pop(name, None)
        command = [sys.executable, "manage.py", *arguments, "--json"]
        answer = subprocess.run(command, cwd=ROOT, env=given, capture_output=True, text=True, stdin=subprocess.DEVNULL)
        assert answer.returncode == 0, answer.stderr[-3000:] + answer.stdout
        told: dict[str, Any] = json.loads(answer.stdout.splitlines()[-1])
        return told

    @contextlib.contextmanager
    def entered(self) -> Iterator[None]:
        """This process works there meanwhile."""
        before, parts = dict(connection.settings_dict), urlsplit(self.url)
        connection.close()
        company_row.forget()
        own = {"NAME": parts.path[1:], "PORT": str(parts.port), "PASSWORD": parts.password}
        connection.settings_dict.update(own)
        try:
            with override_settings(DATA_DIR=self.folder, STORAGE_DIR=str(self.folder / "files")):
                yield
        finally:
            connection.close()
            connection.settings_dict.update(before)
            company_row.forget()

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        with contextlib.closing(psycopg2.connect(self.url)) as link, link.cursor() as cursor:
            cursor.execute(query)
            return cursor.fetchall()


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    """An empty database on the server of the tests."""
    name, given = f"keben_{secrets.token_hex(4)}", connection.settings_dict
    address = f"postgres://{given['USER']}:{given['PASSWORD']}@{given['HOST']}:{given['PORT']}/{name}"
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE DATABASE {name} TEMPLATE template0 ENCODING 'UTF8' LOCALE 'C.UTF-8'")
    folder = tmp_path / "elsewhere"
    folder.mkdir()
    yield Place(folder, address)
    with connection.cursor() as cursor:
        drop_database(cursor.execute, name)


@pytest.fixture
def company(customer: Customer, tmp_path: Path, settings: Any) -> Customer:
    settings.STORAGE_DIR = str(tmp_path / "files")
    (tmp_path / "files" / "imports").mkdir(parents=True)
    (tmp_path / "files" / "imports" / "客户.csv").write_text("沈强\n", encoding="utf-8")
    return customer


@pytest.fixture
def backup(company: Customer, tmp_path: Path) -> Path:
    path = tmp_path / "b.tar"
    made = work.make(path)
    assert (made.version, made.files, made.bytes) == (VERSION, 1, path.stat().st_size)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [one.name for one in tmp_path.glob("*.tar*")] == ["b.tar"]  # no half file
    return path


def test_customers_files_and_sign_ins_come_back_elsewhere_and_only_once(backup: Path, place: Place) -> None:
    told = place.manage("restore", str(backup))
    assert (told["files"], told["version"]) == (1, VERSION)
    assert place.rows("SELECT name, phone FROM customers_customer") == [("恒远机械", "13812345678")]
    copy = place.folder / "files" / "imports" / "客户.csv"
    assert copy.read_text(encoding="utf-8") == "沈强\n"
    assert stat.S_IMODE(copy.stat().st_mode) == 0o600
    assert (place.folder / "kind").read_text() == "empty\n"
    with place.entered():
        request = RequestFactory().post("/login/")
        assert authenticate(request, username="wang@example.com", password=PASSWORD).name == "小王"  # type: ignore[union-attr]
        with pytest.raises(BackupError, match="There is a company here already"):
            work.restore(backup, str)


def test_a_file_at_a_customer_comes_back_and_opens(company: Customer, tmp_path: Path, place: Place) -> None:
    file = store.keep(chunks=[samples.PDF], name="合同.pdf", by=company.owner)
    attach(files=[file], on="customer", on_id=company.pk, customer=company, by=company.owner)
    path = tmp_path / "b.tar"
    work.make(path)
    place.manage("restore", str(path))
    with place.entered():
        attachment = Attachment.objects.for_user(User.objects.get(email="wang@example.com")).get()
        assert attachment.file.name == "合同.pdf"
        assert store.path_of(attachment.file).read_bytes() == samples.PDF
        assert list(sweep_files(date(2026, 11, 20)))[-1] == {"removed": 0, "strays": 0, "lost": 0}


def test_the_drill_touches_nothing_and_leaves_nothing(backup: Path, company: Customer) -> None:
    said: list[str] = []
    told = work.drill(backup, said.append)
    assert told["rows"] > 100
    assert told["constraints"] > 100
    assert len(said) == 4
    company.refresh_from_db()
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_database WHERE datname LIKE current_database() || '%%_drill'")
        assert cursor.fetchone() == (0,)


def test_a_table_that_comes_back_short_fails_the_drill(backup: Path, tmp_path: Path) -> None:
    found = archive.read(backup)
    short = tmp_path / "short.tar"
    with short.open("wb") as file:
        writer = archive.Writer(file)
        for _name, source in found.entries(archive.DUMP):
            writer.add_dump(source)
        rows = {**found.manifest["rows"], "customers_customer": 2}
        writer.close({**found.manifest, "rows": rows})
    with pytest.raises(BackupError, match="customers_customer has not the 2 rows that it had"):
        work.drill(short, str)


def test_nobody_stays_signed_in_by_a_backup(
    sign_in: Any, cast: Any, company: Customer, tmp_path: Path, place: Place
) -> None:
    sign_in(cast.wang)
    work.make(tmp_path / "s.tar")
    with place.entered():
        work.restore(tmp_path / "s.tar", str)
    assert place.rows("SELECT count(*) FROM django_session") == [(0,)]


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"migrations": ["customers.9998_of_tomorrow"], "version": "9.0"}, "made by Keben 9.0, which is newer than"),
        ({"format": 2}, "which is newer than this one"),
        (
            {"time_zone": "Europe/Paris"},
            "The variable TIME_ZONE says Asia/Shanghai, but the company of this backup has",
        ),
    ],
)
def test_what_this_code_must_not_take_is_refused(
    backup: Path, tmp_path: Path, change: dict[str, Any], sentence: str, settings: Any
) -> None:
    settings.COMPANY_TIME_ZONE = "Asia/Shanghai"
    other = tmp_path / "other.tar"
    with other.open("wb") as file:
        archive.Writer(file).close({**archive.read(backup).manifest, **change})
    with pytest.raises(BackupError, match=sentence):
        work.restore(other, str)
    assert Company.objects.exists()


@pytest.mark.parametrize("fault", ["files", "strangers", "busy"])
def test_a_place_that_is_not_empty_is_refused(backup: Path, place: Place, fault: str) -> None:
    link = psycopg2.connect(place.url.replace("postgres://", "postgresql://"))
    link.autocommit = True
    sentence = "other connections use this database"
    if fault == "files":
        (place.folder / "files").mkdir()
        (place.folder / "files" / "mine").write_text("x")
        sentence = "The folder for files"
    if fault == "strangers":
        link.cursor().execute("CREATE TABLE blog (id int)")
        sentence = "holds tables of something else"
    if fault != "busy":
        link.close()
    with place.entered(), pytest.raises(BackupError, match=sentence):
        work.restore(backup, str)
    link.close()
    assert place.rows("SELECT count(*) FROM pg_class WHERE relname = 'customers_customer'") == [(0,)]


def test_a_backup_never_replaces_a_file_and_says_what_the_disk_says(
    backup: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(BackupError, match="is there already"):
        work.make(backup)
    with pytest.raises(BackupError, match="can't be written: No such file or directory"):
        work.make(tmp_path / "no" / "b.tar")

    def full(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("core.backup.work.os.fsync", full)
    with pytest.raises(BackupError, match=r"The disk of .* is full; no backup was made there"):
        work.make(tmp_path / "c.tar")
    assert [one.name for one in tmp_path.glob("*.tar*")] + [one.name for one in tmp_path.glob(".*")] == ["b.tar"]


def test_a_failing_restore_leaves_the_place_as_empty_as_it_was(backup: Path, tmp_path: Path, place: Place) -> None:
    found = archive.read(backup)
    bad = tmp_path / "bad.tar"
    with bad.open("wb") as file:
        writer = archive.Writer(file)
        for _name, source in found.entries(archive.DUMP):
            writer.add_dump(source)
        writer.add_files(Path(project.STORAGE_DIR))
        writer.close({**found.manifest, "rows": {**found.manifest["rows"], "accounts_user": 0}})
    with place.entered(), pytest.raises(BackupError, match="The database refused the backup"):
        work.restore(bad, str)
    assert not (place.folder / "files").exists()
    assert place.rows("SELECT count(*) FROM pg_class WHERE relname = 'customers_customer'") == [(0,)]
    with place.entered():
        work.restore(backup, str)  # and a whole one goes in


def test_from_the_embedded_server_to_an_older_one_of_ones_own_and_back(
    backup: Path, tmp_path: Path, place: Place
) -> None:
    try:
        older = find_postgres(system=True)
    except Problem:
        pytest.skip("no PostgreSQL of the system is installed here")
    if older.major >= find_postgres().major or not shutil.which("pg_dump"):
        pytest.skip("the system's PostgreSQL isn't older than the embedded one")
    cluster = Cluster(older, tmp_path / f"pg-{older.major}", tmp_path / "postgres.log", durable=False)
    cluster.start()
    try:
        own = Place(tmp_path / "own", cluster.url())
        own.folder.mkdir()
        back = tmp_path / "back.tar"
        with own.entered():
            work.restore(backup, str)
            assert Customer.objects.get().name == "恒远机械"
            assert work.make(back).files == 1
            work.drill(back, str)
        assert archive.read(back).manifest["pg_dump"].startswith(f"{older.major}.")
    finally:
        cluster.stop()
    with place.entered():
        work.restore(back, str)
    assert place.rows("SELECT name FROM customers_customer") == [("恒远机械",)]
