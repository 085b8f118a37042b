"""Is everything running? Read from the database, so that the answer comes with Redis and Celery away; Redis itself
is asked, for a second at most."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import redis
from django.conf import settings
from django.db.models import Count, Min, Q

from core import clock, clockguard, outbox, sql
from core.backup import schedule
from core.company import company, zone
from core.models import BackupRun, Heartbeat, JobRun, MailChannel, OutboxMail

OK, WARN, BAD = "ok", "warn", "danger"
OFF = "off"  # not set up, on purpose: nothing to look at
WORKER_SILENT = timedelta(minutes=2)
AHEAD = clockguard.TOLERATED
SKEW_KNOWN_FOR = timedelta(minutes=5)
DISPATCH_LATE = timedelta(minutes=5)
BACKUP_LATE = timedelta(hours=28)
DISK_FULL, DISK_LOW, DISK_LARGE = 300 * 10**6, 2 * 10**9, 200 * 10**9  # bytes; 5 % of a larger disk is plenty
NIGHT_GRACE = timedelta(hours=3)


@dataclass(frozen=True)
class Light:
    """One part: `code` names it, `level` is ok, off, warn or danger, `numbers` go into its sentence."""

    code: str
    level: str
    numbers: dict[str, Any]

    since: datetime | None = None  # of what needs a look, where that is known

    @property
    def needs_a_look(self) -> bool:
        """Whether somebody should do something about it."""
        return self.level in (WARN, BAD)


def lights(job_names: Sequence[str]) -> list[Light]:
    """All parts, in the order of the page."""
    now = clockguard.database_now()
    beats = list(Heartbeat.objects.order_by("name"))
    workers = [_worker("worker", beats, now), _worker("importer", beats, now)]
    nights = [*_nights(job_names), _backup(now)]
    rest = [_clock(beats, now), _mail(), _database(), _disk()]
    return [*workers, _broker(beats, now), _beat("dispatch", beats, now), *nights, *rest]


def problems(job_names: Sequence[str]) -> list[Light]:
    """The parts that need somebody."""
    return [light for light in lights(job_names) if light.needs_a_look]


def _worker(kind: str, beats: Sequence[Heartbeat], now: datetime) -> Light:
    """The workers of nights and mail, or those of imports. A sign of life dated in the future is none."""
    seen = [beat.seen_at for beat in beats if beat.name.startswith(f"{kind}:") and beat.seen_at <= now + AHEAD]
    alive = sum(moment >= now - WORKER_SILENT for moment in seen)
    last = max(seen, default=None)
    return Light(kind, OK if alive else BAD, {"alive": alive, "seen_at": last}, last)


def _broker(beats: Sequence[Heartbeat], now: datetime) -> Light:
    """Whether Redis answers. While it doesn't, processes of the scheduler do the work, somewhat later."""
    last = next((beat.seen_at for beat in beats if beat.name == "broker" and beat.seen_at <= now + AHEAD), None)
    address = urlsplit(settings.CELERY_BROKER_URL)
    place = f"{address.hostname}:{address.port or 6379}"
    answers = broker_answers()
    return Light("broker", OK if answers else BAD, {"place": place, "seen_at": last, "answers": answers}, last)


def broker_answers() -> bool:
    """Ask Redis itself."""
    asked = redis.Redis.from_url(settings.CELERY_BROKER_URL, socket_connect_timeout=1, socket_timeout=1)
    try:
        return bool(asked.ping())
    except (redis.RedisError, OSError):
        return False
    finally:
        asked.close()


def _beat(name: str, beats: Sequence[Heartbeat], now: datetime) -> Light:
    seen = next((beat.seen_at for beat in beats if beat.name == name and beat.seen_at <= now + AHEAD), None)
    late = seen is None or now - seen > WORKER_SILENT
    return Light(name, WARN if late else OK, {"seen_at": seen}, seen)


def _clock(beats: Sequence[Heartbeat], now: datetime) -> Light:
    """The clock isn't believed, something is dated in the future, or a process has another time than the database."""
    found = clockguard.state()
    lately = [beat for beat in beats if now - SKEW_KNOWN_FOR <= beat.seen_at <= now + AHEAD]
    off = {beat.name: beat.details["skew"] for beat in lately if _is_off(beat.details.get("skew"))}
    if _is_off(own := clockguard.skew(now).total_seconds()):
        off[""] = round(own)  # of the process that looks
    ahead = JobRun.objects.filter(business_date__gt=clock.business_date(now)).exclude(published_at=None)
    last_run = ahead.order_by("-business_date").values_list("business_date", flat=True).first()
    wrong = found.held or off or last_run or any(beat.seen_at > now + AHEAD for beat in beats)
    numbers = {"now": now, "look": found, "off": off, "last_run": last_run, "wrong": bool(wrong)}
    return Light("clock", BAD if wrong else OK, numbers, found.mark if found.held else None)


def _is_off(seconds: float | None) -> bool:
    return seconds is not None and abs(seconds) > clockguard.TOLERATED.total_seconds()


def _nights(job_names: Sequence[str]) -> list[Light]:
    """One part for each job: whether it published the newest night that must be done by now, and none failed."""
    due = clock.due_nights(clock.now() - NIGHT_GRACE, days=1)[0]
    runs = JobRun.objects.filter(job__in=job_names)
    done = set(runs.filter(business_date=due).exclude(published_at=None).values_list("job", flat=True))
    failed = set(runs.filter(state=JobRun.State.FAILED).values_list("job", flat=True))
    return [
        Light(
            f"night:{name}",
            BAD if name in failed else OK if name in done else WARN,
            {"job": name, "business_date": due, "published": name in done, "failed": name in failed},
            clock.at_local(due + timedelta(days=1), clock.NIGHT_BEGINS, zone()),
        )
        for name in job_names
    ]


def _backup(now: datetime) -> Light:
    """Whether there is one of the last day, and the latest attempt didn't fail."""
    plan = schedule.plan()
    ended = [run for run in BackupRun.objects.all()[:50] if run.state in (BackupRun.State.DONE, BackupRun.State.FAILED)]
    last = next(iter(ended), None)
    done = next((run for run in ended if run.state == BackupRun.State.DONE), None)
    numbers = {"done": done, "last": last, "keep": plan.keep, "enabled": plan.enabled}
    if last and last.state == BackupRun.State.FAILED:
        return Light("backup", BAD, numbers, last.finished_at)
    if not plan.enabled:
        return Light("backup", OFF, numbers)
    begun = (done.started_at if done else None) or company().created_at
    return Light("backup", WARN if now - begun > BACKUP_LATE else OK, numbers, begun)


def _mail() -> Light:
    numbers = mail_numbers()
    if not outbox.mail_is_on():
        return Light("mail", OFF, numbers | {"paused_until": None})
    paused = MailChannel.objects.filter(paused_until__gt=clock.now()).first()
    late = numbers["lag"] and numbers["lag"] > DISPATCH_LATE
    level = BAD if late or paused else WARN if numbers["failed"] or numbers["unknown"] else OK
    numbers["paused_until"] = paused.paused_until if paused else None
    return Light("mail", level, numbers, numbers["oldest"] if late else None)


def mail_numbers() -> dict[str, Any]:
    """Due and waiting mails, the lag of the oldest one, and what failed or is unknown."""
    now = clock.now()
    due = Q(state__in=("due", "sending"), due_at__lte=now)
    counted = OutboxMail.objects.aggregate(
        due=Count("pk", filter=due),
        oldest=Min("due_at", filter=due),
        failed=Count("pk", filter=Q(state="failed")),
        unknown=Count("pk", filter=Q(state="unknown")),
        sent_today=Count("pk", filter=Q(state="sent", sent_at__gte=now - timedelta(days=1))),
    )
    return counted | {"lag": now - counted["oldest"] if counted["oldest"] else None}


def _database() -> Light:
    [(version, size, used, allowed, finds_chinese)] = sql.fetch("core", "database")
    level = BAD if not finds_chinese else WARN if used > 0.8 * allowed else OK
    numbers = {"version": version, "bytes": size, "used": used, "allowed": allowed, "finds_chinese": finds_chinese}
    return Light("database", level, numbers)


def _disk() -> Light:
    """The fullest of the disks that this host writes to: files, data folder (the embedded database too), backups."""
    spaces: dict[int, tuple[str, int, int]] = {}
    for folder in (settings.STORAGE_DIR, settings.DATA_DIR, settings.BACKUP_DIR):
        place = next(path for path in (Path(folder), *Path(folder).absolute().parents) if path.exists())
        found = os.statvfs(place)
        spaces[place.stat().st_dev] = (str(place), found.f_bavail * found.f_frsize, found.f_blocks * found.f_frsize)
    folder, free, size = min(spaces.values(), key=lambda space: space[1])
    level = BAD if free < DISK_FULL else WARN if free < DISK_LOW or free < 0.05 * min(size, DISK_LARGE) else OK
    return Light("disk", level, {"folder": folder, "free": free, "size": size})


def last_runs(job_names: Sequence[str], nights: int = 7) -> list[JobRun]:
    """The runs of the newest nights, of each night in the order of the jobs."""
    runs = JobRun.objects.filter(job__in=job_names).order_by("-business_date")[: nights * len(job_names)]
    return sorted(runs, key=lambda run: (-run.business_date.toordinal(), job_names.index(run.job)))


def failed_mails(count: int = 20) -> list[OutboxMail]:
    """Mails that a person must look at, newest first."""
    return list(OutboxMail.objects.filter(state__in=("failed", "unknown")).order_by("-pk")[:count])
