"""A person leaves: what they hold goes to others, and the account is switched off, in one step."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from accounts import audit
from accounts.holdings import Held, holdings, in_words
from accounts.models import RoleGrant, Team, User
from accounts.services.roles import require_within
from accounts.services.users import user_deactivate
from core import events
from ui import formatting

RECEIVE = ".receive"  # who gets new ones when something is shared out in a team


@transaction.atomic
def user_leave(*, user: User, heirs: Sequence[User], by: User) -> None:
    """Hand over what `user` holds, to the heirs in turn or, without any, to nobody in particular; then switch off.

    ValidationError where something would stay behind: nothing is done then.
    """
    require_within(by, user.role)
    held = [one for one in holdings(by, user) if one.left]
    able = takers(User.objects.filter(pk__in=[heir.pk for heir in heirs]), held)
    if unable := set(heirs) - set(able):
        words = {"names": formatting.listed(sorted(heir.name for heir in unable))}
        raise ValidationError(_("%(names)s can't work on what is handed over. Nothing was changed.") % words)
    for one in held:
        if not by.can(one.holding.permission):
            raise PermissionDenied
        one.holding.hand_over(user, heirs, by)
    staying = {one.holding.name: one.left for one in holdings(by, user)}
    if any(staying.values()):
        raise ValidationError(
            _("%(name)s holds what is out of your reach (%(what)s). Nothing was changed; ask an administrator.")
            % {"what": in_words(staying), "name": user.name}
        )
    audit.record(
        "user.hand_over",
        by=by,
        on=user,
        heirs=[heir.pk for heir in heirs],
        **{one.holding.name: one.left for one in held},
    )
    if user.is_active:
        user_deactivate(user=user, by=by)


@transaction.atomic
def user_leave_for_later(*, user: User, by: User) -> None:
    """Switch off, and let what `user` holds wait: whoever may hand it over is told."""
    user_deactivate(user=user, by=by)
    events.publish("user_left_things", user=user, by=by)


def takers(people: QuerySet[User], held: Iterable[Held]) -> QuerySet[User]:
    """Those whose role may change every kind of thing that is handed over: an auditor, say, could only read it."""
    for one in held:
        resource, _dot, _action = one.holding.permission.partition(".")
        people = people.filter(role__in=RoleGrant.objects.filter(permission=f"{resource}.change").values("role"))
    return people


def heirs_of_team(team: Team, leaving: User) -> list[User]:
    """The people of a team and below among whom things are shared out, without the one who leaves."""
    roles = RoleGrant.objects.filter(permission__endswith=RECEIVE).values("role")
    people = User.objects.filter(is_active=True, role__in=roles, team__path__startswith=team.path)
    return list(people.exclude(pk=leaving.pk).select_related("role", "team").order_by("pk"))
