"""Dates of the scoring commands."""

from calendar import monthrange
from datetime import date, timedelta

from django.core.management.base import CommandError


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
        end = day.replace(day=monthrange(day.year, day.month)[1])
        days.append(end)
        day = end + timedelta(days=1)
    return sorted({end for end in days if first <= end <= last} | {last})
