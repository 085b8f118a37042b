"""Files that are brought in: how far each has come, and what it was told to do."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.scope import Scoped, ScopedQuerySet


class ImportJob(Scoped):
    """One file being imported: by command or by browser upload through a worker; resumable from its stage."""

    scope_resource: ClassVar[str] = "import"
    scope_owner: ClassVar[tuple[str, ...]] = ("user",)

    class State(models.TextChoices):
        UPLOADED = "uploaded", _("columns to be chosen")
        WAITING = "waiting", _("waiting")
        READY = "ready", _("checked")  # after the dry run, until somebody starts it
        RUNNING = "running", _("running")
        DONE = "done", _("done")
        FAILED = "failed", _("failed")
        CANCELLED = "cancelled", _("cancelled")

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="imports")
    kind = models.CharField(max_length=10)  # of the registry (intake/kinds.py)
    source = models.CharField(max_length=40, default="import")
    file_name = models.CharField(max_length=255)
    path = models.CharField(max_length=500)  # relative to STORAGE_DIR, or absolute for a command's own file
    sha256 = models.CharField(max_length=64, blank=True)
    mapping = models.JSONField(default=dict)
    options = models.JSONField(default=dict)  # time zone, currency, owner, dry run
    look = models.JSONField(default=dict)  # what one look at the file has found (intake/tables/look.py)
    state = models.CharField(max_length=10, choices=State, default=State.WAITING)
    total_rows = models.PositiveIntegerField(null=True)
    next_row = models.PositiveIntegerField(default=0)
    phase = models.CharField(max_length=12, blank=True, default="")  # step of its kind that is under way
    cursor = models.PositiveBigIntegerField(default=0)  # how far that step has come
    counts = models.JSONField(default=dict)
    error_file = models.CharField(max_length=500, blank=True)
    message = models.TextField(blank=True)
    lease_until = models.DateTimeField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)  # begun since the last batch that was done
    created_at = models.DateTimeField(auto_now_add=True)
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        ordering: ClassVar[list[str]] = ["-id"]
        indexes: ClassVar[list[models.Index]] = [
            # tick_jobs: the files it may work on
            models.Index(fields=["id"], name="import_open", condition=Q(state__in=["waiting", "running"]))
        ]

    def __str__(self) -> str:
        return self.file_name
