"""`/settings/health/`: workers, queue, nights, mail. Needs no worker and no Redis to answer."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from functools import partial
from typing import Any

from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.decorators import POST, READ, needs
from accounts.http import Request
from accounts.limits import LimitReachedError
from core import clockguard, health, jobs, outbox
from core.backup.errors import BackupError
from core.contributions import registry
from core.health import Light
from core.models import JobRun, OutboxMail
from core.sending import SendError
from core.version import VERSION
from intake.models import ImportJob
from segmentation.models import ScoreRun
from ui import formatting
from ui.flow import act
from workbench.health import services


@needs("health.view", READ)
def health_page(request: Request) -> HttpResponse:
    """The lights, the last nights and what could not be sent."""
    names = [job.name for job in jobs.nightly()]
    found = health.lights(names)
    lights = sorted((_shown(light) for light in found), key=lambda light: not light["needs_a_look"])
    last, earlier = _nights(health.last_runs(names))
    context = {
        "groups": [(title, [light for light in lights if light["part"] in parts]) for title, parts in _GROUPS],
        "problems": [light for light in lights if light["needs_a_look"]],
        "last": last,
        "earlier": earlier,
        "mails": health.failed_mails(),
        "imports": ImportJob.objects.for_user(request.user, "view").filter(state__in=("waiting", "running"))[:10],
        "last_score": ScoreRun.objects.exclude(published_at=None).order_by("-as_of").first(),
        "may_change": request.user.can("health.change"),
        "clock_held": any(light.code == "clock" and light.numbers["look"].held for light in found),
        "mail_is_on": outbox.mail_is_on(),
        "version": VERSION,
    }
    return render(request, "health/page.html", context)


def _shown(light: Light) -> dict[str, Any]:
    part = light.code.partition(":")[0]
    name, figure, note = _WORDS[part](light.numbers)
    tone = "line" if light.level == health.OFF else light.level
    return {
        "part": part,
        "name": name,
        "since": light.since if light.needs_a_look else None,
        "figure": figure,
        "note": note,
        "state": _state(light),
        "tone": tone,
        "needs_a_look": light.needs_a_look,
    }


def _state(light: Light) -> str:
    if light.level == health.BAD and light.code in ("clock", "database", "disk"):
        return _("wrong")
    if light.level == health.BAD and (
        light.code in ("dispatch", "mail", "channels", "backup") or light.code.startswith("night:")
    ):
        return _("stuck")
    states = {
        health.OK: _("all right"),
        health.OFF: _("not set up"),
        health.WARN: _("look at it"),
        health.BAD: _("not running"),
    }
    return states[light.level]


def _seen(name: str, numbers: dict[str, Any]) -> tuple[str, str, str]:
    if numbers["seen_at"] is None:
        return name, "0", _("never seen; bin/start starts one")
    last = _("last sign of life %(at)s") % {"at": formatting.moment(numbers["seen_at"])}
    return name, str(numbers["alive"]), last


def _broker(numbers: dict[str, Any]) -> tuple[str, str, str]:
    seen = formatting.moment(numbers["seen_at"]) if numbers["seen_at"] else "—"
    if numbers["answers"]:
        return "Redis", numbers["place"], _("last message %(at)s") % {"at": seen}
    text = _("doesn't answer; imports, nights and mail go on without it, some seconds later (last message %(at)s)")
    return "Redis", numbers["place"], text % {"at": seen}


def _disk(numbers: dict[str, Any]) -> tuple[str, str, str]:
    words = {"free": f"{numbers['free'] / 1e9:,.1f}", "size": f"{numbers['size'] / 1e9:,.0f}"}
    return (
        _("Disk"),
        _("%(free)s GB free") % words,
        _("of %(size)s GB, %(folder)s") % {**words, "folder": numbers["folder"]},
    )


def _dispatch(numbers: dict[str, Any]) -> tuple[str, str, str]:
    seen = numbers["seen_at"]
    figure = formatting.clock(seen) if seen else "—"
    if numbers["stumbles"]:
        names = formatting.listed([str(_ROUND.get(name, name)) for name in numbers["stumbles"]])
        text = _("failed just now, wholly or in part: %(names)s; the rest goes on, and the log names the rows")
        return _("Scheduler"), figure, text % {"names": names}
    words = _("last round of the dispatcher; oldest notice or message due for %(n)s s")
    lag = formatting.number(int(numbers["lag"].total_seconds()))
    return _("Scheduler"), figure, words % {"n": lag} if seen else _("hasn't run yet")


def _night(numbers: dict[str, Any]) -> tuple[str, str, str]:
    name, day = jobs.title_of(numbers["job"]), formatting.day_short(numbers["business_date"])
    if numbers["failed"]:
        return name, day, _("failed; the next attempt follows by itself")
    return name, day, _("published") if numbers["published"] else _("not published yet")


def _backup(numbers: dict[str, Any]) -> tuple[str, str, str]:
    last, done = numbers["last"], numbers["done"]
    figure = formatting.moment(done.started_at) if done else "—"
    if last and last.state == last.State.FAILED:
        return _("Backup"), figure, str(BackupError.from_json(last.error)) if last.error else last.get_state_display()
    if done:
        size = f"{done.bytes / 1e6:,.1f}"
        return _("Backup"), figure, _("%(size)s MB, the last %(n)s are kept") % {"size": size, "n": numbers["keep"]}
    return _("Backup"), figure, _("none made yet") if numbers["enabled"] else _("switched off")


def _clock(numbers: dict[str, Any]) -> tuple[str, str, str]:
    figure = clockguard.dated(numbers["now"])
    if numbers["look"].held:
        note = clockguard.held_sentence(numbers["look"])
    elif numbers["last_run"]:
        note = _("nights are published up to %(day)s; bin/manage withdraw_runs takes back those of the future")
        note %= {"day": formatting.day(numbers["last_run"])}
    elif numbers["off"]:
        names = [
            f"{name or _('this web server')} {formatting.duration(timedelta(seconds=abs(seconds)))}"
            for name, seconds in numbers["off"].items()
        ]
        note = _("differs from the database's clock: %(names)s") % {"names": ", ".join(names)}
    elif numbers["wrong"]:
        note = _("signs of life are dated in the future")
    else:
        note = _("all clocks agree")
    return _("Clock"), figure, note


def _mail(numbers: dict[str, Any]) -> tuple[str, str, str]:
    if not outbox.mail_is_on():
        return _("Mail"), "—", _("no mail leaves; EMAIL_URL names the server")
    if numbers["paused_until"]:
        note = _("mail server away; next attempt %(at)s") % {"at": formatting.clock(numbers["paused_until"])}
    elif numbers["lag"]:
        note = _("oldest due for %(span)s") % {"span": formatting.duration(numbers["lag"])}
    else:
        note = _("%(sent)s sent in 24 hours, %(failed)s failed") % {
            "sent": numbers["sent_today"],
            "failed": numbers["failed"] + numbers["unknown"],
        }
    return _("Mail waiting"), str(numbers["due"]), note


def _channels(numbers: dict[str, Any]) -> tuple[str, str, str]:
    if numbers["paused"]:
        names = ", ".join(str(OutboxMail.Channel(code).label) for code in numbers["paused"])
        note = _("%(names)s: doesn't answer or refuses us; Settings, Ways to colleagues, says why") % {"names": names}
    else:
        failed = numbers["failed"] + numbers["unknown"]
        note = _("%(sent)s sent in 24 hours, %(failed)s failed") % {"sent": numbers["sent_today"], "failed": failed}
    return _("Messages waiting"), str(numbers["due"]), note


def _database(numbers: dict[str, Any]) -> tuple[str, str, str]:
    words = {"size": f"{numbers['bytes'] / 1e6:,.0f}", "used": numbers["used"], "allowed": numbers["allowed"]}
    version = str(numbers["version"]).partition(" ")[0]
    if not numbers["finds_chinese"]:
        note = _("finds no Chinese name: it was created with the wrong locale, see the README")
        return _("Database"), f"PostgreSQL {version}", note
    return _("Database"), f"PostgreSQL {version}", _("%(size)s MB, %(used)s of %(allowed)s connections") % words


_ROUND = {
    "day_notices": gettext_lazy("notices of the day"),
    "clock_notices": gettext_lazy("warnings of complaints"),
    "visit_notices": gettext_lazy("reminders of open visits"),
    "appointments": gettext_lazy("news for guests of appointments"),
    "messages": gettext_lazy("what came of messages to customers"),
}
_WORDS = {
    "worker": lambda numbers: _seen(_("Workers"), numbers),
    "importer": lambda numbers: _seen(_("Import workers"), numbers),
    "dispatch": _dispatch,
    "night": _night,
    "broker": _broker,
    "backup": _backup,
    "disk": _disk,
    "clock": _clock,
    "mail": _mail,
    "channels": _channels,
    "database": _database,
}
# In the order of the page: what must run at any moment, what the nights do, what all of it stands on.
_GROUPS = (
    (gettext_lazy("At work now"), ("worker", "importer", "dispatch", "broker")),
    (gettext_lazy("Every night"), ("night", "backup")),
    (gettext_lazy("What it stands on"), ("clock", "mail", "channels", "database", "disk")),
)
_STATES = {"done": "ok", "failed": "danger", "running": "accent", "due": "line"}


def _nights(runs: Sequence[JobRun]) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Lines of the newest run of each job and of those that failed; and of the earlier ones."""
    seen: set[str] = set()
    last: list[dict[str, Any]] = []
    earlier: list[dict[str, Any]] = []
    for run in runs:
        (last if run.job not in seen or run.state == "failed" else earlier).append(_run(run))
        seen.add(run.job)
    return last, earlier


def _run(run: JobRun) -> dict[str, Any]:
    """A night as a line; of its figures those for which the job has words."""
    words = next((job.counts for job in registry().nightly_jobs if job.name == run.job), {})
    counts = [
        str(text) % {"n": formatting.number(run.counts[key])} for key, text in words.items() if run.counts.get(key)
    ]
    spent = run.finished_at - run.started_at if run.finished_at and run.started_at else None
    return {
        "run": run,
        "tone": _STATES[run.state],
        "spent": spent,
        "job": jobs.title_of(run.job),
        "counts": " · ".join(counts),
    }


@needs("health.change", POST)
def job_retry(request: Request, pk: int) -> HttpResponse:
    """Put a failed night first in line."""
    run = get_object_or_404(JobRun, pk=pk)

    def retry() -> None:
        if not services.job_retry(run=run, by=request.user):
            raise ValidationError(_("This run isn't failed any more."))

    done = _("The job is in line again; a worker takes it within a minute.")
    return act(request, retry, said=done, then=reverse("health"))


@needs("health.change", POST)
def night_request(request: Request) -> HttpResponse:
    """Run the night now, for what came in since the last one."""
    return act(
        request,
        partial(services.night_request, by=request.user),
        said=lambda day: (
            _("The night of %(day)s is asked for; a worker begins within a minute.") % {"day": formatting.day(day)}
        ),
        then=reverse("health"),
    )


@needs("health.change", POST)
def mail_retry(request: Request, pk: int) -> HttpResponse:
    """Queue a failed mail once more."""
    mail = get_object_or_404(OutboxMail, pk=pk)

    def retry() -> None:
        if not services.mail_retry(mail=mail, by=request.user):
            raise ValidationError(_("This mail isn't waiting any more."))

    return act(request, retry, said=_("The mail is queued again."), then=reverse("health"))


@needs("health.change", POST)
def clock_confirm(request: Request) -> HttpResponse:
    """The person says that the time shown is right: nights and notices go on."""
    done = _("Nights and notices go by this clock from now on.")
    return act(request, partial(services.clock_confirm, by=request.user), said=done, then=reverse("health"))


@needs("health.change", POST)
def mail_test(request: Request) -> HttpResponse:
    """Send the person who asks a mail now, and say what the mail server answered."""

    def send() -> None:
        try:
            services.mail_test(to=request.user)
        except SendError as error:
            words = _("The mail server didn't take the mail: %(answer)s")
            raise ValidationError(words % {"answer": error}) from error

    sent = _("The mail server has taken a test mail to %(address)s. Look into that inbox and its spam folder.")
    return act(
        request,
        send,
        said=sent % {"address": request.user.email},
        refused={services.RefusedError: "", LimitReachedError: ""},
        then=reverse("health"),
    )
