"""The first steps that belong to the whole: its first night, a phone."""

from __future__ import annotations

from django.db.models import BooleanField, Exists, ExpressionWrapper, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import AuditEntry
from core import clock, jobs
from core.contributions import FirstStep
from core.models import JobRun
from segmentation.models import PastOrders, ScoreInterval
from segmentation.night import NIGHTLY
from ui import formatting


def _scored_and_planned() -> ExpressionWrapper:
    """Somebody is, and nothing that came in waits for it."""
    again = JobRun.objects.exclude(state=JobRun.State.DONE).exclude(published_at=None)
    planned = JobRun.objects.filter(job="plans").exclude(published_at=None)
    # unscoped: whether anybody has scores
    somebody = Exists(ScoreInterval.objects.all())
    nothing_waits = ~Exists(PastOrders.objects.all()) & ~Exists(again)
    return ExpressionWrapper(Q(somebody & Exists(planned) & nothing_waits), output_field=BooleanField())


def _night() -> str:
    last = JobRun.objects.filter(job=NIGHTLY.name).exclude(published_at=None).order_by("-business_date").first()
    return str(_("as of %(day)s") % {"day": formatting.day(last.business_date)}) if last else ""


NIGHT = FirstStep(
    "night",
    _("Have everybody scored and planned"),
    _(
        "Tiers, warnings and next follow-ups, and the months of the past, so that you can compare. It begins by itself"
        " after each import; without a file you start it here."
    ),
    "night_request",
    _("Do it now"),
    "play",
    "health.change",
    done=_scored_and_planned,
    found=_night,
    press=True,
    progress=lambda: jobs.progress_of(clock.last_ended_day()),
    order=60,
)

PHONE = FirstStep(
    "phone",
    _("Open Keben on a phone"),
    _("The same address, the same account: for visits, and whenever nobody sits at a desk."),
    "open_on_phone",
    _("Show the code"),
    "smartphone",
    "setting.change",
    # unscoped: whoever's phone it was
    done=lambda: Exists(AuditEntry.objects.filter(act="sign_in", details__contains={"phone": True})),
    found=lambda: str(_("A phone has signed in")),
    order=70,
)

STEPS = (NIGHT, PHONE)
