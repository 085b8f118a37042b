"""Users: made, changed, switched off and on. Whoever calls has checked the permission on the row.

Each of these raises RoleBeyondOwnError when the role of the user, or the one to be given, is beyond that of `by`:
whoever gets hold of an account has its rights.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.db.models import F

from accounts import audit
from accounts.models import Invitation, Role, Team, User
from accounts.names import sorted_by
from accounts.passwords import temporary
from accounts.services.roles import keeping_an_administrator, require_within
from accounts.services.signin import tokens_end
from core import events
from core.versions import StaleVersionError

CHANGEABLE = ("name", "email", "mobile", "role", "team", "wecom_id", "dingtalk_id")


@transaction.atomic
def user_create(
    *,
    name: str,
    role: Role,
    by: User | None,
    email: str | None = None,
    mobile: str | None = None,
    team: Team | None = None,
    password: str | None = "",
    must_change: bool = True,
) -> tuple[User, str]:
    """Make a user and return it with its password: the given one or a temporary one, to be shown once.

    Without any (None) nobody can sign in: a trial that is taken back spares the slow hash.
    """
    require_within(by, role)
    chosen = temporary() if password == "" else password
    user = User.objects.create_user(
        email=email, password=chosen, name=name, mobile=mobile, role=role, team=team, must_change_password=must_change
    )
    audit.record("user.create", by=by, on=user, role=role.code, team=team.pk if team else None)
    return user, chosen or ""


@transaction.atomic
def user_change(*, user: User, changes: Mapping[str, Any], by: User | None) -> list[str]:
    """Set name, email, mobile, role, team or accounts elsewhere; returns the names of what changed.

    Written over the values that `user` was read with: StaleVersionError when somebody changed one of them in between.
    A new role or team ends the person's sessions: the next page begins with the new rights. A new role also ends a link
    or temporary password that wasn't used yet: whoever gave it would come in with the new role. (`by` None, a file
    brought in on the server, leaves them.)
    """
    require_within(by, user.role)
    new = {name: changes[name] for name in CHANGEABLE if name in changes and changes[name] != getattr(user, name)}
    before = {name: getattr(user, name) for name in new}
    details = {name: [_code(before[name]), _code(new[name])] for name in new if name in ("role", "team")}
    if "role" in new:
        require_within(by, new["role"])
    if new:
        beside: dict[str, Any] = {"session_epoch": F("session_epoch") + 1} if {"role", "team"} & set(new) else {}
        if "name" in new:
            beside["name_sort"] = sorted_by(new["name"])
        with keeping_an_administrator():
            if not User.objects.filter(pk=user.pk, **before).update(**new, **beside):
                raise StaleVersionError(User.objects.get(pk=user.pk))
        for name, value in new.items():
            setattr(user, name, value)
        if "role" in new and by is not None:
            given_ways_in_end(user)
        audit.record("user.change", by=by, on=user, fields=list(new), **details)
    if "team" in new:
        events.publish("user_moved", user=user)
    return list(new)


def given_ways_in_end(user: User) -> None:
    """A link or temporary password that wasn't used yet no longer works."""
    invited = Invitation.objects.filter(user=user).delete()[0]
    if invited or user.must_change_password:
        user.set_unusable_password()
        user.must_change_password = False
        user.save(update_fields=["password", "must_change_password"])


def _code(value: Any) -> Any:
    return getattr(value, "code", None) or getattr(value, "pk", None)


@transaction.atomic
def user_deactivate(*, user: User, by: User) -> None:
    """Switch a user off: sessions and tokens end at once. Raises LastAdministratorError for the last one."""
    require_within(by, user.role)
    with keeping_an_administrator():
        User.objects.filter(pk=user.pk).update(is_active=False, session_epoch=F("session_epoch") + 1)
    user.is_active = False
    audit.record("user.deactivate", by=by, on=user, tokens=tokens_end(user))


@transaction.atomic
def user_activate(*, user: User, by: User) -> None:
    """Let a user sign in again, with the old password."""
    require_within(by, user.role)
    User.objects.filter(pk=user.pk).update(is_active=True)
    user.is_active = True
    audit.record("user.activate", by=by, on=user)


@transaction.atomic
def user_sign_out(*, user: User, by: User) -> None:
    """End all sessions of a user on all devices, all API tokens, and the notices that devices show."""
    require_within(by, user.role)
    user.push_devices.all().delete()
    User.objects.filter(pk=user.pk).update(session_epoch=F("session_epoch") + 1)
    user.refresh_from_db(fields=["session_epoch"])
    audit.record("user.sign_out", by=by, on=user, tokens=tokens_end(user))


@transaction.atomic
def user_password_renew(*, user: User, by: User | None) -> str:
    """Give a user a temporary password (shown once) that must be changed at the next sign-in.

    Ends the sessions and the API tokens.
    """
    require_within(by, user.role)
    password = temporary()
    user.set_password(password)
    user.must_change_password = True
    user.save(update_fields=["password", "must_change_password"])
    Invitation.objects.filter(user=user).delete()
    audit.record("user.password_renew", by=by, on=user, tokens=tokens_end(user))
    return password
