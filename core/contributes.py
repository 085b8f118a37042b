"""What this app gives to the pages and jobs of the whole: it sweeps what has outlived its use."""

from django.utils.translation import gettext_lazy as _

from core.contributions import Contribution, Event, Keep, NightlyJob
from core.files.sweep import sweep_files
from core.housekeeping import forget_old

CONTRIBUTION = Contribution(
    app="core",
    events=(
        Event("told", ("user", "kind", "key", "source_id", "customer", "numbers", "text", "url", "due_at", "mail_at")),
    ),
    nightly_jobs=(
        NightlyJob("sweep", forget_old, _("Sweeping old forms, drafts and sessions")),
        NightlyJob(
            "files",
            sweep_files,
            _("Sweeping files that no entry holds"),
            after=("sweep",),
            counts={"removed": _("files removed"), "lost": _("files missing on the disk")},
        ),
    ),
    keeps=(
        Keep("core.IdempotencyKey", "created_at", days=7),
        Keep("core.BackupRun", "created_at", days=400),
        Keep("core.Draft", "updated_at", days=60),
        Keep("sessions.Session", "expire_date", days=0),
    ),
)
