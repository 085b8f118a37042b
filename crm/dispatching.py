"""One round of telling people what is due: the same for the Celery task and for `dispatch_due`."""

from collections import Counter
from datetime import datetime

from core import clockguard, dispatcher
from core.rounds import part
from feedback.notices import clock_notices_make
from followups.services import appointments_follow, day_notices_make, messages_settle, visit_notices_make
from workbench.health.clocks import time_is_believed


def dispatch_round(*, until: datetime | None = None, owner: str = "") -> Counter[str]:
    """Make the notices that are due and what guests are to be told, then send mail until nothing is left
    or `until`, and write down what came of messages to customers; returns counts by outcome.

    A part that fails, or a row of one, stops no other (core/rounds.py). While the clock isn't believed, only mails that
    were wanted at once (a reset link) go out.
    """
    believed = time_is_believed()
    clockguard.note("dispatch")
    if not believed:
        return dispatcher.dispatch(until=until, owner=owner, at_once=True)
    made = Counter(
        day_notices=part("day_notices", day_notices_make),
        clock_notices=part("clock_notices", clock_notices_make),
        visit_notices=part("visit_notices", visit_notices_make),
    )
    part("appointments", appointments_follow)
    done = dispatcher.dispatch(until=until, owner=owner)
    part("messages", messages_settle)
    return done + made
