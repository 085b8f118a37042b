"""Teams: made, renamed, found by path."""

from __future__ import annotations

from django.db import transaction

from accounts import audit
from accounts.models import Team, User


@transaction.atomic
def team_create(*, name: str, parent: Team | None = None, by: User | None = None) -> Team:
    """Make a team below `parent`; its path is known once it has an id."""
    team = Team.objects.create(name=name, parent=parent)
    team.path = f"{parent.path if parent else '/'}{team.pk}/"
    team.save(update_fields=["path"])
    audit.record("team.create", by=by, on=team, parent=parent.pk if parent else None)
    return team


@transaction.atomic
def team_rename(*, team: Team, name: str, by: User) -> None:
    """Give a team another name."""
    if team.name != name:
        Team.objects.filter(pk=team.pk).update(name=name)
        team.name = name
        audit.record("team.rename", by=by, on=team)


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
