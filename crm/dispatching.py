"""One round of telling people what is due: the same for the Celery task and for `dispatch_due`."""

from collections import Counter
from datetime import datetime

from core import dispatcher, jobs
from followups.services import day_notices_make


def dispatch_round(*, until: datetime | None = None, owner: str = "") -> Counter[str]:
    """Make the day notices that are due, then send mail until nothing is left or `until`; returns counts by outcome."""
    jobs.beat("dispatch")
    made = day_notices_make()
    done = dispatcher.dispatch(until=until, owner=owner)
    return done + Counter(day_notices=made)
