"""When orders lie: never in the future, whichever door they come in by."""

from datetime import datetime, timedelta

from core import clock

AHEAD = timedelta(minutes=5)  # the clock of a shop or a phone may go a little fast


def is_ahead(moment: datetime) -> bool:
    """Whether no order can have been made then yet."""
    return moment > clock.now() + AHEAD
