"""`/settings/backup/`: when backups are made, how many stay, and how the last ones went.

There is no download: a backup holds every customer unmasked and every password's hash, and whoever got hold of one
session could take it all away. Who may open the server's folder copies the file there.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from functools import partial

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.decorators import FORM, POST, needs
from accounts.http import Request
from core.backup import schedule
from core.backup.errors import BackupError
from core.models import BackupRun
from ui.flow import act, edit_page
from workbench.backup import services
from workbench.backup.forms import BackupForm

LAST = 20
TONES = {"done": "ok", "failed": "danger", "running": "accent", "due": "line"}


@dataclass(frozen=True)
class Row:
    """A backup as a line."""

    run: BackupRun
    tone: str
    megabytes: float
    spent: timedelta | None
    note: str


@needs("health.view", FORM)
def backup_settings(request: Request) -> HttpResponse:
    """Who sees the health of the installation may look, who may act on it does."""
    may_change = request.user.can("health.change")
    if request.method == "POST" and not may_change:
        raise PermissionDenied
    return edit_page(
        request,
        BackupForm,
        "settings/backup.html",
        find=schedule.plan,
        save=lambda edit: services.plan_change(row=edit.row, changes=edit.changes, by=request.user),
        said=_("Saved."),
        then=reverse("backup_settings"),
        back=reverse("settings"),
        may_change=may_change,
        rows=[_row(run) for run in BackupRun.objects.all()[:LAST]],
        folder=schedule.folder(),
    )


def _row(run: BackupRun) -> Row:
    if run.error:
        note = str(BackupError.from_json(run.error))
    elif run.state == BackupRun.State.DONE:
        note = run.file or _("deleted, since newer ones are there")
    else:
        note = ""
    spent = run.finished_at - run.started_at if run.finished_at and run.started_at else None
    return Row(run, TONES[run.state], run.bytes / 1e6, spent, note)


@needs("health.change", POST)
def backup_request(request: Request) -> HttpResponse:
    """One more, now."""
    return act(
        request,
        partial(services.backup_request, by=request.user),
        said=_("The backup is asked for; a worker begins within a minute."),
        then=reverse("backup_settings"),
    )
