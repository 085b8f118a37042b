"""What this app does each night: plans, notices of warnings, and the notices of the coming morning."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from followups.planning import plans_made
from followups.services import day_notices_make, escalate, warning_notices_make

MORNING = timedelta(hours=12)


def make_plans(business_date: date) -> Iterator[dict[str, Any]]:
    """Plans as of now: a night that is made up for days later plans what is missing today."""
    return plans_made()


def tell_of_warnings(business_date: date) -> dict[str, Any]:
    """A notice to the owner for each warning that opened or turned red in that night."""
    return {"warning_notices": warning_notices_make(business_date)}


def prepare_the_morning(business_date: date) -> dict[str, Any]:
    """The notices of the coming day, made before it begins."""
    return {"day_notices": day_notices_make(ahead=MORNING)}


def tell_of_late_ones(business_date: date) -> dict[str, Any]:
    """What has lain too long at the end of that day, told to the lead, then to the manager, then proposed to others."""
    return {"escalated": escalate(business_date)}
