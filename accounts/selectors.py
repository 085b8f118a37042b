"""Reads of people and power; each takes the reader first."""

from __future__ import annotations

from django.db.models import Count, Q, QuerySet

from accounts.models import AuditEntry, Role, Team, User
from accounts.scope import known
from core.http import row_id


def users(reader: User, *, search: str = "", role: str = "", team: str = "", status: str = "") -> QuerySet:
    """The users that `reader` may see; filters by name or sign-in name, role code, team id and active / off."""
    rows = User.objects.for_user(reader).select_related("role", "team")
    if search:
        rows = rows.filter(Q(name__icontains=search) | Q(email__icontains=search) | Q(mobile__icontains=search))
    if role:
        rows = rows.filter(role__code=role)
    if (wanted := row_id(team)) is not None:
        inside = Team.objects.for_user(reader).filter(pk=wanted).first()
        rows = rows.filter(team__path__startswith=inside.path) if inside else rows.none()
    if status:
        rows = rows.filter(is_active=status != "off")
    return rows


def holders(permission: str) -> QuerySet[User]:
    """Active people whose role grants the permission, on whatever rows: for choices that are narrowed further."""
    return User.objects.filter(is_active=True, role__grants__permission=known(permission))


def roles_with_counts() -> list[Role]:
    """All roles with `people`, the number of active users, built-in ones first."""
    counted = Count("users", filter=Q(users__is_active=True))
    return list(Role.objects.annotate(people=counted).order_by("-is_builtin", "pk"))


def last_change(acts: tuple[str, ...]) -> AuditEntry | None:
    """The latest audit line of these acts; for "last changed by", which whoever sees the page may see."""
    return AuditEntry.objects.filter(act__in=acts).order_by("-at", "-id").first()


def teams_with_people(reader: User) -> list[Team]:
    """The teams that `reader` may see, parents first, with `people` (active members) and `depth` (0 = top)."""
    counted = Count("members", filter=Q(members__is_active=True))
    teams = list(Team.objects.for_user(reader).annotate(people=counted).order_by("path"))
    for team in teams:
        team.depth = max(0, team.path.count("/") - 2)
    return teams
