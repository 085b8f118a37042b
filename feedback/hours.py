"""The hours of complaints as the company has set them: read once a minute per process, else as shipped."""

from __future__ import annotations

from datetime import datetime

from core import company, workcalendar
from core.memo import Memo
from feedback import sla
from feedback.models import Complaint, ComplaintHours
from ui import formatting

Times = tuple[int, str]


def _read() -> dict[str, tuple[Times, Times]]:
    rows = ComplaintHours.objects.all()
    set_by_hand = {row.severity: ((row.response, row.response_unit), (row.solution, row.solution_unit)) for row in rows}
    return {**sla.DEFAULTS, **set_by_hand}


_kept: Memo[dict[str, tuple[Times, Times]]] = Memo(_read)


def forget() -> None:
    """Read them again, after a change."""
    _kept.forget()


def hours_of(severity: str) -> ComplaintHours:
    """The stored row at this moment, else one as shipped that isn't stored yet."""
    return ComplaintHours.objects.filter(pk=severity).first() or _as_shipped(severity)


def _as_shipped(severity: str) -> ComplaintHours:
    (response, response_unit), (solution, solution_unit) = sla.DEFAULTS[severity]
    return ComplaintHours(
        severity=severity,
        response=response,
        response_unit=response_unit,
        solution=solution,
        solution_unit=solution_unit,
        version=0,
    )


def all_hours() -> list[ComplaintHours]:
    """Those of every severity, the gravest first."""
    stored = ComplaintHours.objects.in_bulk()
    return [stored.get(code) or _as_shipped(code) for code in reversed(Complaint.Severity.values)]


def response_due(severity: str, received_at: datetime) -> datetime:
    """When the customer must have heard from us at the latest."""
    return sla.due(received_at, *_kept()[severity][0], work_time())


def solution_due(severity: str, received_at: datetime) -> datetime:
    """When a complaint of this severity is to be solved, unless another time was promised."""
    return sla.due(received_at, *_kept()[severity][1], work_time())


def work_time() -> sla.WorkTime:
    """When the company works."""
    row = company.company()
    return sla.WorkTime(workcalendar.working_days, row.work_from, row.work_until, company.zone())


def in_words(amount: int, unit: str) -> str:
    """24 hours, day and night"""
    return f"{formatting.number(amount)} {ComplaintHours.Unit(unit).label}"


def first_response() -> str:
    """How soon customers hear from us, where that is the same for every severity; else nothing."""
    times = {response for response, _solution in _kept().values()}
    return in_words(*times.pop()) if len(times) == 1 else ""
