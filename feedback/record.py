"""The record of a complaint as its page shows it: one entry for each step, with a title, an icon and a tone."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from accounts.models import User
from feedback import states
from feedback.models import Complaint, ComplaintStep

Kind = ComplaintStep.Kind
INTAKE = "intake"

# Icon and tone of an entry by the kind of its step; of a move, by the state it led to where that has a line here.
LOOKS: dict[str, tuple[str, str]] = {
    INTAKE: ("message-circle-warning", "bad"),
    Kind.RESPONSE: ("phone", "good"),
    Kind.ASSIGN: ("arrow-right-left", ""),
    Kind.NOTE: ("file-text", "warm"),
    Kind.MOVE: ("arrow-right", "accent"),
    states.CLOSED: ("check", "good"),
    states.REOPENED: ("rotate-ccw", "bad"),
}


@dataclass(frozen=True)
class Entry:
    """One line of the record; `tag` is what `{% tag %}` draws behind the title: words, tone and icon."""

    title: str
    icon: str
    tone: str
    at: datetime | None
    note: str
    by: User | None
    owner: User | None = None
    tag: tuple[str, ...] = ()


def looks_of(kind: str, to_state: str) -> tuple[str, str, str]:
    """Title, icon and tone of a step after the intake."""
    if kind == Kind.MOVE:
        words = dict(Complaint.State.choices).get(to_state, to_state)
        return _("Step: %(state)s") % {"state": words}, *(LOOKS.get(to_state) or LOOKS[Kind.MOVE])
    titles = {Kind.RESPONSE: _("First response"), Kind.ASSIGN: _("Handed over"), Kind.NOTE: _("Note")}
    return titles[Kind(kind)], *LOOKS[kind]


def entries_of(complaint: Complaint, steps: Iterable[ComplaintStep]) -> list[Entry]:
    """The steps of a complaint as entries, in the order they come in."""
    return [_entry(complaint, step) for step in steps]


def _entry(complaint: Complaint, step: ComplaintStep) -> Entry:
    if step.kind == Kind.MOVE and not step.from_state:
        title = _("Complaint taken in")
        return Entry(title, *LOOKS[INTAKE], at=complaint.received_at, note=step.note, by=step.by)
    at: datetime | None = step.at
    tag: tuple[str, ...] = ()
    if step.kind == Kind.RESPONSE:
        at = complaint.first_response_at  # the call may have been made before it was written down
        late = at is None or at > complaint.first_response_due_at
        tag = (_("late"), "danger") if late else (_("in time"), "ok")
    elif step.kind == Kind.MOVE and step.to_state == states.CLOSED and step.csat:
        tag = (_("Satisfaction %(n)s of 5") % {"n": step.csat}, "line", "star")
    owner = step.owner if step.kind == Kind.ASSIGN else None
    return Entry(*looks_of(step.kind, step.to_state), at=at, note=step.note, by=step.by, owner=owner, tag=tag)
