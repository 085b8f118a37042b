"""Who brought a file in hears how it ended: with its figures, or why not."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from core.contributions import NoticeKind
from core.notices import tell
from intake.kinds import kind_of
from intake.models import ImportJob
from ui import formatting

CODE = "import"


def ended_notice(job: ImportJob, *, by: User | None = None) -> None:
    """Tell the person of the job that it is done, failed, or was stopped by somebody else (`by`)."""
    numbers: dict[str, Any] = {"state": job.state, "file": job.file_name}
    if job.state == ImportJob.State.DONE:
        counted = {"new": kind_of(job.kind).new, "updated": "updated", "errors": "errors"}
        numbers |= {name: job.counts.get(key, 0) for name, key in counted.items()}
    elif by is not None:
        numbers["by_name"] = by.name
    tell(
        user=job.user,
        by=by,
        kind=CODE,
        key=f"import:{job.pk}:{job.state}:{job.finished_at:%Y%m%d%H%M%S}",
        source_id=job.pk,
        numbers=numbers,
        text=job.message if job.state == ImportJob.State.FAILED else "",
        url=reverse("import_job", args=[job.pk]),
    )


def _say(numbers: Mapping[str, Any]) -> str:
    words = {name: formatting.number(numbers.get(name, 0)) for name in ("new", "updated", "errors")}
    words |= {"file": numbers["file"], "by": numbers.get("by_name", "")}
    if numbers["state"] == ImportJob.State.DONE:
        return _("Import of %(file)s finished: %(new)s new, %(updated)s updated, %(errors)s rows refused") % words
    if numbers["state"] == ImportJob.State.CANCELLED:
        return _("%(by)s stopped the import of %(file)s") % words
    return _("Import of %(file)s failed") % words


IMPORT_NOTICE = NoticeKind(
    CODE,
    gettext_lazy("Imports that ended"),
    _say,
    order=90,
    rows=lambda user: ImportJob.objects.for_user(user),
    permission="import.add",
)
