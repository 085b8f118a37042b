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

from core import clock, clockguard, outbox, rounds, sql
from core.backup import schedule
from core.company import company, zone
from core.contributions import registry
from core.dispatcher import breaker_of
from core.models import BackupRun, Heartbeat, JobRun, MailChannel, OutboxMail

OK, WARN, BAD = "ok", "warn", "danger"
OFF = "off"  # not set up, on purpose: nothing to look at
WORKER_SILENT = timedelta(minutes=2)
STUMBLE_SHOWN = timedelta(minutes=5)  # a part that fails on says so at each round
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
    rest = [_clock(beats, now), *_sent(now), _database(), _disk()]
    return [*workers, _broker(beats, now), _dispatch(beats, now), *nights, *rest]


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


def _dispatch(beats: Sequence[Heartbeat], now: datetime) -> Light:
    """Whether the dispatcher makes its rounds; which parts of them have failed just now, wholly or in a row; and since
    when the oldest waits of what it is to make or to send: notices in the app, mails, messages."""
    seen = next((beat.seen_at for beat in beats if beat.name == "dispatch" and beat.seen_at <= now + AHEAD), None)
    silent = seen is None or now - seen > WORKER_SILENT
    stumbles = [
        beat.name.removeprefix(rounds.PREFIX)
        for beat in beats
        if beat.name.startswith(rounds.PREFIX) and now - STUMBLE_SHOWN <= beat.seen_at <= now + AHEAD
    ]
    oldest = _oldest_waiting(now)
    lag = max(now - oldest, timedelta(0)) if oldest else timedelta(0)
    late = lag > DISPATCH_LATE
    level = BAD if stumbles else WARN if silent or late else OK
    since = oldest if late and not silent else seen
    return Light("dispatch", level, {"seen_at": seen, "stumbles": stumbles, "lag": lag}, since)


def _oldest_waiting(now: datetime) -> datetime | None:
    waiting = OutboxMail.objects.filter(state__in=("due", "sending"), due_at__lte=now, channel__in=outbox.channels())
    owed = [owed.oldest() for owed in registry().every(lambda part: part.owed)]
    return min(
        (moment for moment in (*owed, waiting.aggregate(oldest=Min("due_at"))["oldest"]) if moment), default=None
    )


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


def _sent(now: datetime) -> list[Light]:
    """Mail, and all other channels together."""
    counted = numbers_by_channel(now)
    breakers = {row.name: row for row in MailChannel.objects.filter(paused_until__gt=now)}
    return [_mail(counted, breakers), _channels(counted, breakers)]


def _mail(counted: dict[str, dict[str, Any]], breakers: dict[str, MailChannel]) -> Light:
    numbers = dict(counted.get(OutboxMail.Channel.MAIL, NOTHING_SENT))
    if not outbox.mail_is_on():
        return Light("mail", OFF, numbers | {"paused_until": None})
    paused = breakers.get(breaker_of(OutboxMail.Channel.MAIL))
    late = numbers["lag"] and numbers["lag"] > DISPATCH_LATE
    level = BAD if late or paused else WARN if numbers["failed"] or numbers["unknown"] else OK
    numbers |= {"paused_until": paused.paused_until if paused else None}
    return Light("mail", level, numbers, numbers["oldest"] if late else None)


def _channels(counted: dict[str, dict[str, Any]], breakers: dict[str, MailChannel]) -> Light:
    """Which of them pause, and what waits, went and failed by any of them."""
    others = [channel for channel in OutboxMail.Channel.values if channel != OutboxMail.Channel.MAIL]
    sums = {
        name: sum(counted.get(channel, NOTHING_SENT)[name] for channel in others)
        for name in ("due", "failed", "unknown", "sent_today")
    }
    paused = [channel for channel in others if breaker_of(channel) in breakers and outbox.is_on(channel)]
    oldest = min((counted[one]["oldest"] for one in others if one in counted and counted[one]["oldest"]), default=None)
    late = oldest is not None and clock.now() - oldest > DISPATCH_LATE
    # A browser needs nothing to be set up; where nobody wants that either, there is nothing to show.
    used = any(sums.values()) or any(outbox.is_on(one) for one in others if one != OutboxMail.Channel.PUSH)
    level = BAD if late or paused else WARN if sums["failed"] or sums["unknown"] else OK if used else OFF
    return Light("channels", level, {**sums, "paused": paused, "oldest": oldest}, oldest if late else None)


NOTHING_SENT: dict[str, Any] = {
    "due": 0, "oldest": None, "failed": 0, "unknown": 0, "sent_today": 0, "lag": None
}  # fmt: skip


def numbers_by_channel(now: datetime) -> dict[str, dict[str, Any]]:
    """By channel: due and waiting messages, the lag of the oldest one, and what failed or is unknown."""
    due = Q(state__in=("due", "sending"), due_at__lte=now)
    counted = (
        OutboxMail.objects.order_by()
        .values("channel")
        .annotate(
            due=Count("pk", filter=due),
            oldest=Min("due_at", filter=due),
            failed=Count("pk", filter=Q(state="failed")),
            unknown=Count("pk", filter=Q(state="unknown")),
            sent_today=Count("pk", filter=Q(state="sent", sent_at__gte=now - timedelta(days=1))),
        )
    )
    return {
        row["channel"]: {name: value for name, value in row.items() if name != "channel"}
        | {"lag": now - row["oldest"] if row["oldest"] else None}
        for row in counted
    }


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
