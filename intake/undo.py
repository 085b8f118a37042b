"""Taking an import back: what it made goes, what it changed gets its old values, as far as nobody touched it since.

The page shows what would go and what would stay before anybody confirms (`outlook`). A worker does it in slices, each
one transaction with its place: rows are locked before they are judged (intake/parts.py), so an edit that was stored
first is seen and its row stays, and one that comes later is refused as a whole. Whoever is stopped half way goes on at
the last slice; what is taken back has left the record.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import structlog
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, InterfaceError, OperationalError, transaction
from django.db.models import ProtectedError
from django.utils.translation import gettext as _

from accounts import audit
from accounts.models import User
from core import clock, events, jobs
from core.locks import only_one
from core.numbers import days
from intake import stage
from intake.kinds import LEASE, LostJobError, Progress, kind_of, may_import
from intake.models import ImportedRow, ImportJob
from intake.parts import ALONG, Look, Part, Stay
from ui import formatting

log = structlog.get_logger(__name__)
SLICE = 500
TRIES, PAUSE = 20, 0.2  # of a slice that meets somebody else's write
# Shorter than the second after which PostgreSQL ends one of two transactions that wait for each other: it is never the
# person's at work.
PATIENCE = "400ms"
SHOWN = 20  # rows that the page names of each reason
State = ImportJob.State
POSSIBLE = (State.DONE, State.FAILED, State.CANCELLED, State.UNDONE)


class UndoRefusedError(Exception):
    """The import can't be taken back (any more); the text says why."""


# --- whether -----------------------------------------------------------------------------------------------------
def possible_until(job: ImportJob) -> datetime | None:
    """Until when the import may be taken back; None when it may not."""
    if job.state not in POSSIBLE or job.finished_at is None or not kind_of(job.kind).undo:
        return None
    until = job.finished_at + days("import_undo_days")
    return until if until > clock.now() else None


def can_be_undone(job: ImportJob) -> bool:
    """Whether there is anything left to take back, in time."""
    return possible_until(job) is not None and ImportedRow.objects.filter(job=job).exists()


def may_undo(user: User, job: ImportJob) -> bool:
    """Whether this person may take back what the kind writes: by hand they may delete and change it too."""
    kind = kind_of(job.kind)
    if not (may_import(user, kind) and all(user.can(permission) for permission in kind.undo_permissions)):
        return False
    return ImportJob.objects.for_user(user, "add").filter(pk=job.pk).exists() or job.user_id == user.pk


# --- what would happen ---------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Kept:
    """Rows that stay for one reason."""

    words: str
    count: int
    rows: Sequence[tuple[str, str]]  # (name, address)

    @property
    def more(self) -> int:
        return self.count - len(self.rows)


@dataclass(frozen=True)
class Outlook:
    """What goes, what is put back and what stays."""

    goes: Sequence[str]
    back: Sequence[str]
    stays: Sequence[Kept]

    @property
    def anything(self) -> bool:
        return bool(self.goes or self.back)


def outlook(job: ImportJob, user: User | None) -> Outlook:
    """What taking the import back would do now; nothing is written."""
    goes, back, stays = [], [], []
    for part in kind_of(job.kind).undo:
        look = Look(job, user, ahead=True)
        kept, gone = part.judge(look)
        out = sorted({*kept, *gone})
        made, changed = (
            look.recorded(part.what, made=new).count() - Look(job, user, out).recorded(part.what, made=new).count()
            for new in (True, False)
        )
        if made and part.made_words:
            goes.append(part.made_words % {"n": made})
        if changed and part.back_words:
            back.append(part.back_words % {"n": changed})
        stays += _grouped(part, [stay for stay in kept.values() if stay.why != ALONG], user)
    return Outlook(goes, back, stays)


def kept_by(job: ImportJob, user: User | None) -> list[Kept]:
    """What the undo has left, and why, as long as it is remembered."""
    found: list[Kept] = []
    for part in kind_of(job.kind).undo:
        rows = ImportedRow.objects.filter(job=job, what=part.what, kept__isnull=False).exclude(kept__why=ALONG)
        told: list[tuple[int, Any]] = list(rows.values_list("row_id", "kept"))
        stays = [
            Stay(pk, kept["why"], kept["by"], datetime.fromisoformat(kept["at"]) if kept["at"] else None)
            for pk, kept in told
        ]
        found += _grouped(part, stays, user)
    return found


def told_of(job: ImportJob) -> list[tuple[str, str]]:
    """(what was done, how many of what) of an undo that is over."""
    goes, back = [], []
    for part in kind_of(job.kind).undo:
        counts = job.counts.get("undo", {}).get(part.what, {})
        if counts.get("gone") and part.made_words:
            goes.append(part.made_words % {"n": counts["gone"]})
        if counts.get("back") and part.back_words:
            back.append(part.back_words % {"n": counts["back"]})
    told = ((_("Taken back"), goes), (_("As before again"), back))
    return [(words, formatting.listed(found)) for words, found in told if found]


def _grouped(part: Part, stays: Sequence[Stay], user: User | None) -> list[Kept]:
    groups: dict[str, list[int]] = {}
    for stay in sorted(stays, key=lambda one: one.row_id):
        said = [stay.by] if stay.by else []
        said += [formatting.day(stay.at)] if stay.at else []
        words = part.say(stay.why) + (f" ({formatting.listed(said)})" if said else "")
        groups.setdefault(words, []).append(stay.row_id)
    shown = [pk for ids in groups.values() for pk in ids[:SHOWN]]
    names = part.names(shown, user) if user and shown else {}
    found = []
    for words, ids in sorted(groups.items(), key=lambda item: -len(item[1])):
        text = formatting.labelled(part.kept_words % {"n": len(ids)}, words)
        found.append(Kept(text, len(ids), [names[pk] for pk in ids[:SHOWN] if pk in names]))
    return found


# --- asking for it -------------------------------------------------------------------------------------------------
@transaction.atomic
def undo_start(*, job: ImportJob, by: User | None) -> None:
    """Let a worker (or the command that calls `run`) take the import back."""
    if by is not None and not may_undo(by, job):
        raise PermissionDenied
    if not can_be_undone(job):
        raise UndoRefusedError(_("This import can't be taken back any more: it is too old, or nothing of it is left."))
    options = {**job.options, "undo_by": getattr(by, "pk", None)}
    values = {
        "state": State.UNDOING, "options": options, "phase": "", "cursor": 0, "attempts": 0, "message": "",
        "counts": {**job.counts, "undo": {}, "undo_of": ImportedRow.objects.filter(job=job).count()},
    }  # fmt: skip
    if not ImportJob.objects.filter(pk=job.pk, state=job.state, cursor=job.cursor).update(**values):
        raise UndoRefusedError(_("This import has gone on meanwhile."))
    for name, value in values.items():
        setattr(job, name, value)
    ImportedRow.objects.filter(job=job, kept__isnull=False).update(kept=None)
    audit.record("import.undo", by=by, on=job, kind=job.kind)


# --- doing it ------------------------------------------------------------------------------------------------------
def run(job: ImportJob, *, until: datetime | None = None, wait: bool = False, progress: Progress | None = None) -> bool:
    """Go on with it; the caller holds the job's lock. True when it is over, False when there is more to do.

    Never beside a night: it scores the customers that would go under its hands.
    """
    with only_one(jobs.NIGHT_LOCK, wait=wait) as alone:
        if not alone:
            return False
        try:
            return _run(job, until, progress)
        except LostJobError:
            log.info("undo stopped", job=job.pk)
        except (OperationalError, InterfaceError):
            raise
        except Exception:
            log.exception("undo failed", job=job.pk)
            _end(job, _("It stopped because of an error on our side. Nothing is half done; start it again."))
        return True


def _run(job: ImportJob, until: datetime | None, progress: Progress | None) -> bool:
    parts = kind_of(job.kind).undo
    names = [part.what for part in parts]
    first = names.index(job.phase) if job.phase in names else 0
    for part in parts[first:]:
        if job.phase != part.what:
            _move(job, phase=part.what, cursor=0)
        while ids := _next_rows(job, part):
            if not _still_allowed(job):
                _end(job, _("The right to take this import back was withdrawn, so it stopped."))
                return True
            _slice(job, part, ids)
            if progress:
                progress(job)
            if until is not None and clock.now() >= until:
                return False
    _end(job)
    return True


def _asked_by(job: ImportJob) -> User | None:
    pk = job.options.get("undo_by")
    return User.objects.select_related("role", "team").filter(pk=pk).first() if pk else None


def _still_allowed(job: ImportJob) -> bool:
    """A right that was taken away meanwhile counts from here on."""
    if not job.options.get("undo_by"):
        return True
    by = _asked_by(job)
    return by is not None and by.is_active and may_undo(by, job)


def _next_rows(job: ImportJob, part: Part) -> list[int]:
    rows = ImportedRow.objects.filter(job=job, what=part.what, row_id__gt=job.cursor).order_by("row_id")
    return list(rows.values_list("row_id", flat=True)[:SLICE])


def _slice(job: ImportJob, part: Part, ids: Sequence[int]) -> None:
    for turn in range(TRIES):
        try:
            with transaction.atomic():
                stage.write_alone()
                stage.execute("SELECT set_config('lock_timeout', %s, true)", [PATIENCE])
                counts = part.take_back(Look(job, _asked_by(job), ids))
                told = job.counts.get("undo", {})
                sums = Counter(told.get(part.what, {}))
                sums.update(counts)
                _move(job, cursor=ids[-1], counts={**job.counts, "undo": {**told, part.what: dict(sums)}})
        except (IntegrityError, ProtectedError, OperationalError) as error:
            # Somebody stored something at one of these rows in this moment: judged again, it stays.
            if turn == TRIES - 1:
                raise
            job.refresh_from_db(fields=["state", "phase", "cursor", "counts"])
            log.info("undo slice again", job=job.pk, part=part.what, error=type(error).__name__)
            time.sleep(PAUSE)
        else:
            return


def _move(job: ImportJob, **values: Any) -> None:
    mine = ImportJob.objects.filter(pk=job.pk, state=State.UNDOING, phase=job.phase, cursor=job.cursor)
    values["lease_until"] = clock.now() + LEASE
    if not mine.update(**values):
        raise LostJobError
    for name, value in values.items():
        setattr(job, name, value)


def _end(job: ImportJob, message: str = "") -> None:
    """All parts are through, or (`message`) it stopped before: what is left can be asked for again."""
    with transaction.atomic():
        for part in kind_of(job.kind).undo:
            part.finish(job)
        _move(job, state=State.UNDONE, message=message)
        sums = Counter[str]()
        for counts in job.counts.get("undo", {}).values():
            sums.update(counts)
        audit.record("import.undone", by=_asked_by(job), on=job, kind=job.kind, **dict(sums))
        events.publish("import_undone", job=job, since=_since(job))
        # Tiers, plans and warnings of those who stay, and the figures of the company, without what is gone.
        jobs.ask_again(clock.last_ended_day())


def _since(job: ImportJob) -> date | None:
    """From which day on what is gone was in the figures."""
    days = [
        day for day in (kind_of(job.kind).since(job), job.started_at and clock.business_date(job.started_at)) if day
    ]
    return min(days, default=None)


def forget_old() -> None:
    """After some days the way back is forgotten."""
    old = ImportJob.objects.filter(finished_at__lt=clock.now() - days("import_undo_days")).exclude(state=State.UNDOING)
    ImportedRow.objects.filter(job__in=old).delete()
