"""Roles: the built-in ones, changes of their grants and of how they read masked fields."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager

from django.db import transaction
from django.db.models import QuerySet

from accounts import audit, policy
from accounts.models import GivenDefault, MaskRule, Role, RoleGrant, User, rights_of
from core.contributions import registry

# Without somebody who holds these, nobody could ever repair the rights of the company.
# Whoever holds all of these for everybody can give themselves any other permission.
RIGHTS_TO_GIVE_RIGHTS = ("role.change", "role.view", "user.change", "user.view", "setting.view")
RANK = {None: 0, policy.OWN: 1, policy.TEAM: 2, policy.ALL: 3}
MODE_RANK = {policy.HIDDEN: 0, policy.MASK: 1, policy.FULL: 2}


class LastAdministratorError(Exception):
    """The step would leave nobody who can change roles and users, or nobody who governs a company that has an owner."""


class RoleBeyondOwnError(Exception):
    """The role, or what is to be given to it, may do or read more than the person who acts."""


def is_within(by: User | None, role: Role) -> bool:
    """Whether `by` may give `role`, and act on people who have it: it may do and read nothing that `by` may not."""
    rights = rights_of(role)
    return _may_give(by, rights.grants, rights.masks)


def require_within(by: User | None, role: Role) -> None:
    """RoleBeyondOwnError unless `is_within`."""
    if not is_within(by, role):
        raise RoleBeyondOwnError(role.code)


def _may_give(by: User | None, grants: Mapping[str, str | None], modes: Mapping[tuple[str, str], str]) -> bool:
    """Nobody gives what they lack. Who could give it to themselves may give anything but to govern.

    None is a command.
    """
    if by is None:
        return True
    own, reads = by.reach.grants, by.mask_rules
    grants = {name: scope for name, scope in grants.items() if name.rpartition(".")[2] not in policy.OF_ONESELF}
    if grants.get(policy.GOVERN) and not own.get(policy.GOVERN):
        return False
    if all(own.get(key) == policy.ALL for key in RIGHTS_TO_GIVE_RIGHTS):
        return True
    return all(RANK.get(scope, 0) <= RANK[own.get(name)] for name, scope in grants.items()) and all(
        MODE_RANK[mode] <= MODE_RANK[reads.get(pair, policy.HIDDEN)] for pair, mode in modes.items()
    )


@transaction.atomic
def roles_ensure() -> None:
    """Make the built-in roles and their mask rules where they are missing, and give each the grants it begins with.

    Each grant is given once: what came with a new version reaches existing roles, what a person took away or changed
    stays as they left it.
    """
    for code, (english, chinese) in policy.ROLE_NAMES.items():
        names = {"name_en": english, "name_zh": chinese, "is_builtin": True}
        role, made = Role.objects.get_or_create(code=code, defaults=names)
        if not role.mask_rules.exists():
            Role.objects.filter(pk=role.pk).update(**names)
            MaskRule.objects.bulk_create(
                MaskRule(
                    role=role,
                    field_class=field_class,
                    relation=relation,
                    mode=policy.first_mode(code, field_class, relation),
                )
                for field_class in policy.FIELD_CLASSES
                for relation in policy.RELATIONS
            )
        given = _give_defaults(role)
        if given and not made:
            audit.record(
                "role.change", on=role, role=code, grants={name: [None, scope] for name, scope in given.items()}
            )


def _give_defaults(role: Role) -> dict[str, str]:
    """The grants that `role` begins with and was never given; returns those it didn't have yet."""
    known = set(role.given_defaults.values_list("permission", flat=True))
    new = {name: scope for name, scope in policy.first_grants(role.code).items() if name not in known}
    if not new:
        return {}
    GivenDefault.objects.bulk_create(GivenDefault(role=role, permission=name) for name in new)
    held = set(role.grants.filter(permission__in=new).values_list("permission", flat=True))
    missing = {name: scope for name, scope in new.items() if name not in held}
    RoleGrant.objects.bulk_create(RoleGrant(role=role, permission=name, scope=scope) for name, scope in missing.items())
    return missing


@transaction.atomic
def role_change(*, role: Role, grants: Mapping[str, str | None], by: User) -> dict[str, list[str | None]]:
    """Set grants of a role: permission -> own, team, all, or None to take it away.

    Returns what changed as {permission: [before, after]}. Raises ValueError for a name or scope that doesn't exist,
    LastAdministratorError when nobody could change rights any more and RoleBeyondOwnError when the role may do, or
    would get, what `by` may not.
    """
    require_within(by, role)
    before = dict(role.grants.values_list("permission", "scope"))
    changed = {name: [before.get(name), scope] for name, scope in grants.items() if before.get(name) != scope}
    if not _may_give(by, {name: scope for name, (_before, scope) in changed.items()}, {}):
        raise RoleBeyondOwnError(role.code)
    with keeping_an_administrator():
        for name, (_before, scope) in changed.items():
            _grant_set(role, name, scope)
    if changed:
        audit.record("role.change", by=by, on=role, role=role.code, grants=changed)
    return changed


def _grant_set(role: Role, permission: str, scope: str | None) -> None:
    if permission not in registry().permissions or scope not in (*policy.SCOPES, None):
        raise ValueError(f"{permission!r} {scope!r}")
    if scope is None:
        RoleGrant.objects.filter(role=role, permission=permission).delete()
    else:
        RoleGrant.objects.update_or_create(role=role, permission=permission, defaults={"scope": scope})


@transaction.atomic
def mask_change(*, role: Role, modes: Mapping[tuple[str, str], str], by: User) -> dict[str, list[str]]:
    """Set how a role reads fields: (field class, relation) -> full, mask, hidden; returns what changed.

    Raises RoleBeyondOwnError when the role may do or read, or would read, what `by` may not.
    """
    require_within(by, role)
    before = {(rule.field_class, rule.relation): rule.mode for rule in role.mask_rules.all()}
    changed: dict[str, list[str]] = {}
    given: dict[tuple[str, str], str] = {}
    for (field_class, relation), mode in modes.items():
        old = before.get((field_class, relation), policy.HIDDEN)
        if mode not in policy.MODES or field_class not in policy.FIELD_CLASSES or relation not in policy.RELATIONS:
            raise ValueError(f"{field_class} {relation} {mode}")
        if mode != old:
            MaskRule.objects.update_or_create(
                role=role, field_class=field_class, relation=relation, defaults={"mode": mode}
            )
            changed[f"{field_class}.{relation}"] = [old, mode]
            given[field_class, relation] = mode
    if not _may_give(by, {}, given):
        raise RoleBeyondOwnError(role.code)
    if changed:
        audit.record("mask.change", by=by, on=role, role=role.code, modes=changed)
    return changed


@contextmanager
def keeping_an_administrator() -> Iterator[None]:
    """Raise LastAdministratorError when the block takes the last person away who can change roles and people.

    So with the last one who governs: nobody left could give that to anybody.
    One change of rights at a time: two administrators can't remove each other in the same moment.
    """
    Role.objects.select_for_update().order_by("pk").first()  # stands for all of them
    kept = (RIGHTS_TO_GIVE_RIGHTS, (*RIGHTS_TO_GIVE_RIGHTS, policy.GOVERN))
    there = [permissions for permissions in kept if _holders(permissions).exists()]
    yield
    if not all(_holders(permissions).exists() for permissions in there):
        raise LastAdministratorError


def _holders(permissions: Iterable[str]) -> QuerySet[User]:
    """Active people whose role holds all of these for everybody."""
    people = User.objects.filter(is_active=True)
    for permission in permissions:
        people = people.filter(role__in=RoleGrant.objects.filter(permission=permission, scope="all").values("role"))
    return people
