"""What to ask in a contact: add, change, take away, and back to what the installation says."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from accounts import audit
from accounts.models import User
from core.versions import save_version
from followups.asking import SHIPPED, conditions_of
from followups.models import QuestionFrame

FIELDS = ("name", "prompts", "methods", "kind", "stages", "tiers", "on_objection", "is_active")


def frames_ensure() -> None:
    """Make the rows that are missing; they say nothing of their own."""
    there = set(QuestionFrame.objects.exclude(code="").values_list("code", flat=True))
    missing = [QuestionFrame(code=code, **conditions_of(code)) for code in SHIPPED if code not in there]
    QuestionFrame.objects.bulk_create(missing, ignore_conflicts=True)


@transaction.atomic
def question_frame_add(*, by: User, **values: Any) -> QuestionFrame:
    """Questions of the company's own; `values` are some of FIELDS."""
    made = QuestionFrame.objects.create(created_by=by, updated_by=by, **values)
    audit.record("question_frame.add", by=by, on=made)
    return made


@transaction.atomic
def question_frame_change(*, frame: QuestionFrame, changes: dict[str, Any], version: int, by: User) -> None:
    """Write some of FIELDS over `version`."""
    before = {name: getattr(frame, name) for name in changes}
    save_version(frame, changes, version=version, by=by)
    changed = {name: [before[name], value] for name, value in changes.items() if before[name] != value}
    audit.record("question_frame.change", by=by, on=frame, changed=changed)


@transaction.atomic
def question_frame_reset(*, frame: QuestionFrame, by: User) -> None:
    """Back to what the installation says, and for whom; what stood there is kept in the history."""
    if frame.code not in SHIPPED:
        raise ValueError(frame.code)
    values = {"name": "", "prompts": "", "is_active": True, **conditions_of(frame.code)}
    before = {name: getattr(frame, name) for name in values}
    save_version(frame, values, version=frame.version, by=by)
    changed = {name: [before[name], value] for name, value in values.items() if before[name] != value}
    audit.record("question_frame.reset", by=by, on=frame, changed=changed)


@transaction.atomic
def question_frame_delete(*, frame: QuestionFrame, by: User) -> None:
    """Take away questions of the company's own; those of the installation can only be switched off."""
    if frame.code:
        raise ValueError(frame.code)
    audit.record("question_frame.delete", by=by, on=frame)
    frame.delete()
