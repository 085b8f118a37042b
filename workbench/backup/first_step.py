"""The first step of a company that nobody should forget: there is a backup."""

from django.db.models import Exists
from django.utils.translation import gettext_lazy as _

from core.backup import schedule
from core.contributions import FirstStep
from core.models import BackupRun
from ui import formatting


def _found() -> str:
    last = BackupRun.objects.filter(state=BackupRun.State.DONE).first()
    text = _("last one %(at)s, %(n)s are kept")
    return str(text % {"at": formatting.moment(last.started_at), "n": schedule.plan().keep}) if last else ""


FIRST_STEP = FirstStep(
    "backup",
    _("Have a backup made every night"),
    _("Every day at 03:00, the last 14 are kept. Choose another time, or make the first one now."),
    "backup_settings",
    _("Look at it"),
    "archive",
    "health.change",
    done=lambda: Exists(BackupRun.objects.filter(state=BackupRun.State.DONE)),
    found=_found,
    order=80,
)
