"""Reads of people and power; each takes the reader first."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db.models import Count, Q, QuerySet

from accounts.models import AuditEntry, Role, Team, User
from accounts.scope import known, reach_of
from core.memo import Memo

_has_accounts = Memo(User.objects.exists)


def has_accounts() -> bool:
    """Whether anybody has an account; the first one shows at once, its going (an emptied demo) within a minute."""
    if not _has_accounts():
        _has_accounts.forget()
        return False
    return True


def holders(permission: str, *, left: bool = False) -> QuerySet[User]:
    """Active people whose role grants the permission, on whatever rows: for choices that are narrowed further.

    `left`: those too who were switched off, for figures of the past.
    """
    rows = User.objects.filter(role__grants__permission=known(permission))
    return rows if left else rows.filter(is_active=True)


def measured(reader: User, *, left: bool = False) -> QuerySet[User]:
    """The people whose work the team board measures, as far as `reader` may see their figures."""
    return holders("dashboard.appear", left=left).filter(reach_of(reader).whose("pk", "dashboard.view"))


@dataclass(frozen=True)
class RoleWithPeople:
    """A role with the number of its active people."""

    role: Role
    people: int


def roles_with_people() -> list[RoleWithPeople]:
    """All roles, built-in ones first."""
    counted = Count("users", filter=Q(users__is_active=True))
    roles = Role.objects.annotate(people=counted).order_by("-is_builtin", "pk")
    return [RoleWithPeople(role, role.people) for role in roles]


def last_change(acts: tuple[str, ...]) -> AuditEntry | None:
    """The latest audit line of these acts; for "last changed by", which whoever sees the page may see."""
    return AuditEntry.objects.filter(act__in=acts).order_by("-at", "-id").first()


def team_paths(reader: User, permission: str = "team.view") -> list[str]:
    """The teams on which `reader` may do this, as people write them: East/Shanghai."""
    return _paths(list(Team.objects.for_user(reader, permission).order_by("path")))


def _paths(teams: Sequence[Team]) -> list[str]:
    above = {int(pk) for team in teams for pk in team.path.split("/") if pk}
    names = dict(Team.objects.filter(pk__in=above).values_list("pk", "name"))
    return ["/".join(names[int(pk)] for pk in team.path.split("/") if pk) or team.name for team in teams]


def team_labels(teams: Iterable[Team]) -> dict[int, str]:
    """What each of these is called where one chooses: its name, or where another has the same name its path."""
    rows = list(teams)
    often = Counter(team.name for team in rows)
    doubled = [team for team in rows if often[team.name] > 1]
    paths = dict(zip((team.pk for team in doubled), _paths(doubled), strict=True)) if doubled else {}
    return {team.pk: paths.get(team.pk, team.name) for team in rows}


def team_path(team: Team) -> str:
    """The team as people write it: East/Shanghai."""
    return _paths([team])[0]


@dataclass(frozen=True)
class TeamInTree:
    """A team with its active people; `depth` says how far in it stands, 0 = top."""

    team: Team
    people: int
    depth: int


def teams_with_people(reader: User) -> list[TeamInTree]:
    """The teams that `reader` may see, parents first."""
    counted = Count("members", filter=Q(members__is_active=True))
    teams = Team.objects.for_user(reader).annotate(people=counted).select_related("lead").order_by("path")
    return [TeamInTree(team, team.people, max(0, team.path.count("/") - 2)) for team in teams]
