"""What somebody has reached of their targets in some months, as an appraisal keeps it."""

from __future__ import annotations

from datetime import date
from typing import Any

from accounts.models import User
from core import clock
from responsibility.duties.models import Acceptance
from responsibility.duties.selectors import posts_of
from responsibility.targets.figures import FIGURES, all_reached
from sales.goals import MEASURED
from sales.models import Target


def months_of(begins: date, count: int) -> list[date]:
    """The first days of the months of a period."""
    found = [begins]
    while len(found) < count:
        found.append(clock.next_month(found[-1]))
    return found


def figures_of(person: User, begins: date, count: int) -> list[dict[str, Any]]:
    """A line a month and metric that has a target or a figure: [{"month", "metric", "target", "reached"}]."""
    lines = []
    for month in months_of(begins, count):
        # unscoped: of a person whose appraisal the caller may write
        wanted = dict(Target.objects.filter(user=person, month=month).values_list("metric", "value"))
        got = all_reached(person.pk, month)
        for metric in FIGURES:
            target = wanted.get(metric)
            if target is not None or metric in got:
                reached = got.get(metric, None if metric in MEASURED else 0)
                line = {"month": month.isoformat(), "metric": str(metric), "target": target, "reached": reached}
                lines.append(line)
    return lines


def duties_of(person: User) -> list[dict[str, Any]]:
    """The posts that they hold, with the version in force and when they accepted it."""
    posts = list(posts_of(person).select_related("in_force").order_by("name", "pk"))
    said = Acceptance.objects.filter(person=person, sheet__in=[post.in_force_id for post in posts])
    at = dict(said.values_list("sheet", "at"))
    lines = []
    for post in posts:
        assert post.in_force is not None
        moment = at.get(post.in_force.pk)
        line = {"post": post.pk, "name": post.name, "version": post.in_force.number}
        lines.append({**line, "accepted_at": moment.isoformat() if moment else None})
    return lines
