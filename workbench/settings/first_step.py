"""The first step of a new company: it says who it is."""

from __future__ import annotations

from django.db.models import BooleanField, ExpressionWrapper, Q
from django.utils.translation import gettext_lazy as _

from core.company import company_now
from core.contributions import FirstStep
from core.models import Company
from workbench.settings.calendar.weekdays import in_words

NO_NAME = Company._meta.get_field("name").default


def _found() -> str:
    row = company_now()
    hours = f"{row.work_from:%H:%M}–{row.work_until:%H:%M}"
    week = f"{in_words(row.working_week)} {hours}"
    return " · ".join((row.name, str(row.get_sells_to_display()), week, row.time_zone, row.currency))


FIRST_STEP = FirstStep(
    "company",
    _("Say who you are"),
    _("Name, logo, when you work, and whether you sell to persons, companies or both."),
    "company_settings",
    _("Fill in"),
    "building-2",
    "setting.change",
    done=lambda: ExpressionWrapper(~Q(name=NO_NAME), output_field=BooleanField()),
    found=_found,
    order=10,
)
