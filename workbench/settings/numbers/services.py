"""Setting numbers of the company's own: each change is a row that stays, with who, when and why."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.utils.translation import gettext as _

from accounts import audit
from accounts.models import User
from core.contributions import registry
from core.models import NumberChange
from core.numbers import numbers_set
from workbench.settings.numbers.groups import Group

ACT = "number.change"
LONGEST_REASON = 200


class NumbersMovedError(Exception):
    """Somebody has set numbers of this page since it was opened."""


def newest(group: Group) -> int:
    """The id of the last change of a page, 0 before the first: what a form was read with."""
    keys = [one.key for one in group.numbers()]
    return NumberChange.objects.filter(key__in=keys).order_by("-pk").values_list("pk", flat=True).first() or 0


@transaction.atomic
def numbers_change(*, group: Group, values: Mapping[str, int], reason: str, seen: int | None, by: User) -> int:
    """Set those that differ; returns how many. NumbersMovedError where somebody was faster than who saw `seen`."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [ACT])  # one by one
    if seen is not None and newest(group) != seen:
        raise NumbersMovedError(
            _("Somebody has set numbers of this page since you opened it. Open it anew and set yours again.")
        )
    numbers_set.forget()
    known, before = registry().numbers, numbers_set()
    now = {one.key: before.get(one.key, one.default) for one in group.numbers()}
    after = now | dict(values)
    problems = {}
    for key, value in values.items():
        one = known[key]
        if not one.least <= value <= one.most:
            words: dict[str, Any] = {"low": one.least, "high": one.most}
            problems[key] = _("Enter a whole number from %(low)s to %(high)s.") % words
        elif one.not_above and value > after[one.not_above]:
            words = {"other": known[one.not_above].title, "n": after[one.not_above]}
            problems[key] = _("Enter at most %(n)s, or raise “%(other)s” first.") % words
    for one in group.numbers():
        # Set back alone, the larger of two may fall below the other.
        if one.not_above in values and one.key not in values and now[one.key] > after[one.not_above]:
            words = {"other": one.title, "n": now[one.key]}
            problems[one.not_above] = _("Enter at least %(n)s, or lower “%(other)s” first.") % words
    if problems:
        raise ValidationError(problems)
    moved = [key for key, value in values.items() if value != now[key]]
    for key in moved:
        NumberChange.objects.create(key=key, value=values[key], before=now[key], reason=reason[:LONGEST_REASON], by=by)
        audit.record(ACT, by=by, number=key, value=[now[key], values[key]], reason=reason[:LONGEST_REASON])
    numbers_set.forget()
    transaction.on_commit(numbers_set.forget)  # another request may have read what held before
    return len(moved)


def number_put_back(*, group: Group, change: NumberChange, by: User) -> int:
    """Let hold again what held before a change; 0 where it holds already."""
    day = change.at.date().isoformat()
    reason = _("put back as before the change of %(day)s") % {"day": day}
    return numbers_change(group=group, values={change.key: change.before}, reason=reason, seen=None, by=by)
