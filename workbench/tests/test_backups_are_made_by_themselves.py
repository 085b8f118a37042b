"""One a day at the chosen time, the newest ones stay, and whoever can act hears of one that failed."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import translation

from core import clock, health
from core.backup import schedule, work
from core.backup.errors import BackupError
from core.company import company
from core.models import BackupPlan, BackupRun, Company
from followups.models import Notice
from workbench.backup.services import run_backups

pytestmark = pytest.mark.django_db
MORNING = datetime(2026, 11, 28, 0, 0, tzinfo=UTC)  # 08:00 in Shanghai


@pytest.fixture
def made(settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, cast: Any) -> list[Path]:
    """The files of the backups that were made; each is one byte."""
    settings.BACKUP_DIR, settings.STORAGE_DIR = str(tmp_path / "backups"), str(tmp_path)
    Company.objects.update(created_at=MORNING - timedelta(days=9))
    company()
    files: list[Path] = []

    def make(path: Path) -> work.Made:
        path.write_text("x")
        files.append(path)
        return work.Made(str(path), 1, "", "", 1, 1, 0, 0.1)

    monkeypatch.setattr(work, "make", make)
    monkeypatch.setattr(schedule.archive, "read", lambda _path: None)
    return files


def at(moment: datetime) -> list[BackupRun]:
    with clock.standing_at(moment):
        return run_backups()


def light(moment: datetime) -> str:
    return health._backup(moment).level


def test_one_a_day_from_the_chosen_time_on(made: list[Path]) -> None:
    BackupPlan.objects.create(pk=1, at=time(9, 30))
    for minutes in (0, 89, 90, 91, 600):
        at(MORNING + timedelta(minutes=minutes))
    assert [path.name for path in made] == ["keben-2026-11-28-093000.tar"]
    at(MORNING + timedelta(days=1, hours=9))  # the machine was off at half past nine
    assert len(made) == 2
    assert {run.state for run in BackupRun.objects.all()} == {"done"}


def test_the_newest_ones_stay(made: list[Path]) -> None:
    BackupPlan.objects.create(pk=1, keep=2)
    for day in range(4):
        at(MORNING + timedelta(days=day))
    assert [path.exists() for path in made] == [False, False, True, True]
    assert BackupRun.objects.exclude(file="").count() == 2


def test_a_failure_is_a_light_and_one_notice_a_day_for_who_can_act(
    made: list[Path], monkeypatch: pytest.MonkeyPatch, cast: Any, sign_in: Any
) -> None:
    at(MORNING - timedelta(days=1))
    assert light(MORNING) == health.OK

    def fail(path: Path) -> None:
        raise BackupError("The disk of %(folder)s is full; no backup was made there.", folder=path.parent)

    monkeypatch.setattr(work, "make", fail)
    for minutes in (0, 10, 31, 62):
        assert len(at(MORNING + timedelta(minutes=minutes))) == (minutes != 10)
    [notice] = Notice.objects.filter(kind="backup")
    assert (notice.user, notice.url) == (cast.admin, "/settings/backup/")
    assert light(MORNING) == health.BAD
    with translation.override("en"):
        page = sign_in(cast.admin).get("/settings/backup/").content.decode()
    assert "is full; no backup was made there." in page


def test_a_demo_has_none_and_none_for_days_is_late(made: list[Path]) -> None:
    assert light(MORNING) == health.WARN
    Company.objects.update(is_demo=True)
    schedule.company.forget()
    at(MORNING)
    assert (made, light(MORNING)) == ([], health.OFF)


def test_what_a_killed_worker_left_is_made_by_the_next(made: list[Path]) -> None:
    run = BackupRun.objects.create(state="running", day=clock.business_date(MORNING), next_try_at=MORNING)
    at(MORNING)
    run.refresh_from_db()
    assert (run.state, run.attempts, len(made)) == ("done", 1, 1)


def test_too_little_room_is_said_before_anything_is_written(made: list[Path], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(schedule.database, "free_bytes", lambda _folder: 5_000_000)
    [run] = at(MORNING)
    run.refresh_from_db()
    assert "needs 200 MB, and" in str(BackupError.from_json(run.error))
    assert "has 5 MB free" in str(BackupError.from_json(run.error))
    assert made == []


def test_a_host_without_the_files_leaves_it_to_another(
    made: list[Path], settings: Any, cast: Any, tmp_path: Path
) -> None:
    from intake.models import ImportJob

    settings.STORAGE_DIR = str(tmp_path / "not mounted")
    ImportJob.objects.create(user=cast.admin, kind="orders", file_name="a.csv", path="imports/a.upload")
    at(MORNING)
    assert made == []


def test_the_administrator_chooses_and_asks_and_both_are_in_the_audit_log(
    made: list[Path], cast: Any, sign_in: Any
) -> None:
    browser = sign_in(cast.admin)
    page = browser.get("/settings/backup/")
    fields = {name: page.context["form"][name].value() for name in ("version", "original")}
    fields = {name: value or "" for name, value in fields.items()}
    answer = browser.post("/settings/backup/", {**fields, "enabled": "on", "at": "04:15", "keep": "7"})
    assert answer.status_code == 302, answer.content.decode()
    found = BackupPlan.objects.get()
    assert (found.at, found.keep, found.enabled) == (time(4, 15), 7, True)
    assert browser.post("/settings/backup/now/").status_code == 302
    assert browser.post("/settings/backup/now/").status_code == 302  # twice is once
    assert BackupRun.objects.filter(day=None, state="due").count() == 1
    log = browser.get("/settings/audit/").content.decode()
    for words in ("changed the backups", "asked for a backup", "03:00", "04:15"):
        assert words in log
    refused = browser.post("/settings/backup/", {**fields, "at": "25:00", "keep": "0"})
    assert refused.status_code == 422 or "field-error" in refused.content.decode()
