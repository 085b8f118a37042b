"""The record of a complaint as its page shows it: one entry for each step, with a title, an icon and a tone."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

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


def entries_of(complaint: Complaint, steps: Iterable[ComplaintStep]) -> list[Entry]:
    """The steps of a complaint as entries, in the order they come in."""
    return [_entry(complaint, step) for step in steps]


def _entry(complaint: Complaint, step: ComplaintStep) -> Entry:
    common: dict[str, Any] = {"at": step.at, "note": step.note, "by": step.by}
    if step.kind == Kind.RESPONSE:
        common["at"] = complaint.first_response_at  # the call may have been made before it was written down
        late = common["at"] is None or common["at"] > complaint.first_response_due_at
        punctual = (_("late"), "danger") if late else (_("in time"), "ok")
        return Entry(_("First response"), *LOOKS[Kind.RESPONSE], tag=punctual, **common)
    if step.kind == Kind.ASSIGN:
        return Entry(_("Handed over"), *LOOKS[Kind.ASSIGN], owner=step.owner, **common)
    if step.kind == Kind.NOTE:
        return Entry(_("Note"), *LOOKS[Kind.NOTE], **common)
    if not step.from_state:
        return Entry(_("Complaint taken in"), *LOOKS[INTAKE], **common | {"at": complaint.received_at})
    tag: tuple[str, ...] = ()
    if step.to_state == states.CLOSED and step.csat:
        tag = (_("Satisfaction %(n)s of 5") % {"n": step.csat}, "line", "star")
    looks = LOOKS.get(step.to_state) or LOOKS[Kind.MOVE]
    return Entry(_("Step: %(state)s") % {"state": step.state_word}, *looks, tag=tag, **common)
