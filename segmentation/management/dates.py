"""Dates of the scoring commands."""

from datetime import date

from django.core.management.base import CommandError

from core import clock


def parse(text: str | None, option: str) -> date | None:
    """YYYY-MM-DD as a date; a wrong one ends the command with a sentence that names the option."""
    if text is None:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise CommandError(f"{option} must be a date such as 2026-11-30, not {text!r}.") from error


def month_ends(first: date, last: date) -> list[date]:
    """Every month's last day from `first` to `last`, and `last` itself."""
    days = []
    day = first.replace(day=1)
    while day <= last:
        days.append(clock.month_end(day))
        day = clock.next_month(day)
    return sorted({end for end in days if first <= end <= last} | {last})
