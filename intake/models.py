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
        UNDOING = "undoing", _("being taken back")
        UNDONE = "undone", _("taken back")

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
            models.Index(fields=["id"], name="import_open", condition=Q(state__in=["waiting", "running", "undoing"]))
        ]

    def __str__(self) -> str:
        return self.file_name


class RowEdit(models.Model):
    """What a person has said of one row of a file before it is written."""

    job = models.ForeignKey(ImportJob, models.CASCADE, related_name="edits")
    row_no = models.PositiveIntegerField()
    choice = models.CharField(max_length=40, blank=True)  # of the row's Doubt (intake/kinds.py)
    cells = models.JSONField(default=dict)  # {column: other text} (intake/refused.py)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["job", "row_no"], name="row_edit_once")
        ]


class RememberedColumns(models.Model):
    """What a person has chosen for files with these headings, for the next one (intake/remembered.py)."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    kind = models.CharField(max_length=10)
    headings_key = models.CharField(max_length=64)
    headings = models.JSONField(default=list)
    mapping = models.JSONField(default=dict)
    options = models.JSONField(default=dict)
    shared = models.BooleanField(default=False)  # colleagues begin with them, too
    file_name = models.CharField(max_length=255)
    used_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["user", "kind", "headings_key"], name="columns_remembered_once")
        ]
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["headings_key"], name="columns_by_headings")]

    def __str__(self) -> str:
        return self.file_name


class ImportedRow(models.Model):
    """A row that an import made or changed, kept as long as the import may be taken back (intake/undo.py).

    `before` is the row as it was; None = made by the import. `mark` is what the row showed right after the import wrote
    it: while it still does, nobody has touched it. `kept` says why an undo has left the row.
    """

    job = models.ForeignKey(ImportJob, models.CASCADE, related_name="rows")
    what = models.CharField(max_length=16)  # of the parts of its kind
    row_id = models.BigIntegerField()
    before = models.JSONField(null=True)
    mark = models.CharField(max_length=40)
    kept = models.JSONField(null=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["job", "what", "row_id"], name="imported_row_once")
        ]
        # Other imports of the same row: their marks follow when one of them is taken back.
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["what", "row_id"], name="imported_row_of", condition=Q(before__isnull=False))
        ]
