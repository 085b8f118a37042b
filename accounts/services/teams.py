"""Teams: made, renamed, found by path."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db import transaction

from accounts import audit
from accounts.models import Team, User

CHANGEABLE = ("name", "visits_need_note", "lead", "group")


@transaction.atomic
def team_create(*, name: str, parent: Team | None = None, by: User | None = None) -> Team:
    """Make a team below `parent`; its path is known once it has an id."""
    team = Team.objects.create(name=name, parent=parent)
    team.path = f"{parent.path if parent else '/'}{team.pk}/"
    team.save(update_fields=["path"])
    audit.record("team.create", by=by, on=team, parent=parent.pk if parent else None)
    return team


@transaction.atomic
def team_change(*, team: Team, by: User, **wanted: Any) -> None:
    """Give a team another name, lead or group chat, or say whether visits of its people, and of the teams below, need
    a note. What isn't named, or is already so, stays."""
    changes = {
        field: wanted[field] for field in CHANGEABLE if field in wanted and wanted[field] != getattr(team, field)
    }
    if not changes:
        return
    Team.objects.filter(pk=team.pk).update(**changes)
    for field, value in changes.items():
        setattr(team, field, value)
    if "name" in changes:
        audit.record("team.rename", by=by, on=team)
    if "visits_need_note" in changes:
        audit.record("team.visit_notes", by=by, on=team, needed=changes["visits_need_note"])
    if "lead" in changes:
        audit.record("team.lead", by=by, on=team, user=team.lead_id)
    if "group" in changes:
        audit.record("team.group", by=by, on=team, group=team.group)


def leads_above(people: Iterable[User]) -> dict[int, User]:
    """{person's id: the lead of their team, else of the nearest team above it}; a lead is never their own."""
    led = {team.pk: team.lead for team in Team.objects.filter(lead__is_active=True).select_related("lead")}
    found: dict[int, User] = {}
    for person in people:
        path = [int(pk) for pk in person.team.path.split("/") if pk] if person.team else []
        for pk in reversed(path):
            lead = led.get(pk)
            if lead is not None and lead.pk != person.pk:
                found[person.pk] = lead
                break
    return found


def visits_need_note(user: User) -> bool:
    """Whether the person's team, or one above it, asks for a note with each visit."""
    if user.team is None:
        return False
    above = [int(pk) for pk in user.team.path.split("/") if pk]
    return Team.objects.filter(pk__in=above, visits_need_note=True).exists()


def team_by_path(path: str, *, create: bool = False) -> Team | None:
    """The team named like `East/Shanghai`, or by its last part if that is unique; None when there is none."""
    names = [part.strip() for part in path.split("/") if part.strip()]
    if not names:
        return None
    team = _walk(names, create=create)
    if team is None and len(names) == 1:
        same = list(Team.objects.filter(name=names[0])[:2])
        team = same[0] if len(same) == 1 else None
    return team


def _walk(names: list[str], *, create: bool) -> Team | None:
    team: Team | None = None
    for name in names:
        child = Team.objects.filter(name=name, parent=team).first()
        if child is None and not create:
            return None
        team = child or team_create(name=name, parent=team)
    return team
