"""Who gets the new customers of a file: the people it names, one person, or a team's reps in turn."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from typing import Any

from django import forms
from django.db.models import F, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Team, User
from accounts.names import normal_name
from accounts.scope import ALL, reach_of
from accounts.selectors import holders, team_labels
from accounts.services import team_by_path
from core.phones import normal_mobile
from core.refusals import BadCellError
from customers.identity import email_key, name_key
from intake.kinds import ImportRefusedError, Option
from intake.models import ImportJob

ROUND_ROBIN, TEAM_ID, USER_ID = "round-robin:", "team:", "user:"


def possible_owner_rows(user: User | None, permission: str = "customer.assign") -> QuerySet[User]:
    """Active people to whom `user` may give customers, or whatever else the permission is about; None = a command,
    which may give to everybody. Customers go only to people who work on them: an auditor could do nothing with one."""
    active = User.objects.filter(is_active=True)
    if permission == "customer.assign":
        active = active.filter(role__grants__permission="customer.change")
    people = ALL if user is None else reach_of(user).people(permission) or (user.pk,)
    return active if people is ALL else active.filter(pk__in=people)


def reps_of(team: Team) -> list[User]:
    """The people of a team and below among whom new customers are shared out, in e-mail order."""
    reps = holders("customer.receive").filter(team__path__startswith=team.path)
    return list(reps.select_related("team").order_by(F("email").asc(nulls_last=True), "pk"))


class PossibleOwners:
    """The people to whom a sender may give customers, by what a file may call them: e-mail, mobile or name."""

    def __init__(self, rows: Iterable[User]) -> None:
        self._called: dict[str, list[User]] = {}
        for row in rows:
            for key in set(_called(row)):
                self._called.setdefault(key, []).append(row)

    @classmethod
    def of(cls, user: User | None, permission: str = "customer.assign") -> PossibleOwners:
        """Those of `user` as of now; None = a command."""
        return cls(possible_owner_rows(user, permission).select_related("team"))

    def find(self, text: str) -> User:
        """The person; BadCellError when there is none of this name, or more than one."""
        found = self._called.get(_person_key(text), [])
        if not found:
            raise BadCellError(
                _(
                    "there is no active person %(name)s to whom you may give customers. A colleague without account is"
                    " added first; anybody else is written by e-mail, mobile or name."
                )
                % {"name": text}
            )
        if len(found) > 1:
            raise BadCellError(
                _("several people are called %(name)s. Write the e-mail or mobile number.") % {"name": text}
            )
        return found[0]


def is_called(person: User | None, text: str) -> bool:
    """Whether a file that writes `text` means this person."""
    return person is not None and _person_key(text) in _called(person)


def _called(person: User) -> list[str]:
    names = (person.email and email_key(person.email), person.mobile, name_key(person.name))
    return [name for name in names if name]


def _person_key(text: str) -> str:
    if "@" in text:
        return email_key(text)
    return normal_mobile(text) or name_key(text)


class Owners:
    """Deals out new customers: to a named person first, then to one person, or a team's reps in turn, or nobody."""

    def __init__(self, turn: Sequence[User | None], named: PossibleOwners) -> None:
        self._turn = turn
        self._named = named

    @classmethod
    def of(cls, job: ImportJob) -> Owners:
        """From the job's option `owner`; ImportRefusedError when nobody fits it."""
        return cls(owner_turn(job.options.get("owner", ""), job.user), PossibleOwners.of(job.user))

    def pick(self, index: int, named: str | None = "") -> User | None:
        """The owner of the `index`-th new customer (from 0)."""
        if named:
            with suppress(BadCellError):  # gone since the row was read
                return self._named.find(named)
        return self._turn[index % len(self._turn)]


def owner_turn(option: str, user: User | None = None) -> list[User | None]:
    """The people of `EMAIL` or `round-robin:TEAM` (pages say `user:ID`, `team:ID`).

    `user` limits whom it may name. Without an option customers go to the pool, or to somebody who may not assign any.
    """
    if not option:
        return [None] if user is None or user.can("customer.assign") else [user]
    allowed = set(possible_owner_rows(user).values_list("pk", flat=True))
    found = _team_reps(option) if option.startswith((ROUND_ROBIN, TEAM_ID)) else [_person(option)]
    outside = [person for person in found if person.pk not in allowed]
    if outside:
        raise ImportRefusedError(_("You may not give customers to %(name)s.") % {"name": outside[0].name})
    return list(found)


def _team_reps(option: str) -> list[User]:
    path = option.removeprefix(ROUND_ROBIN)
    if option.startswith(TEAM_ID):
        team = Team.objects.filter(pk=option.removeprefix(TEAM_ID)).first()
        path = getattr(team, "name", "")
    else:
        team = team_by_path(path)
    if team is None:
        raise ImportRefusedError(
            _("There is no team %(team)s, or several have this name: give its path, such as East/Shanghai.")
            % {"team": path}
        )
    reps = reps_of(team)
    if not reps:
        raise ImportRefusedError(_("The team %(team)s has no active sales rep.") % {"team": path})
    return reps


def _person(email: str) -> User:
    rows = User.objects.filter(is_active=True).select_related("team")
    if email.startswith(USER_ID):
        found = rows.filter(pk=email.removeprefix(USER_ID)).first()
    else:
        found = rows.filter(email=normal_name(email)).first()
    if found is None:
        raise ImportRefusedError(_("There is no active person with the e-mail %(email)s.") % {"email": email})
    return found


# --- what people choose ----------------------------------------------------------------------------------------------
def owner_choices(user: User) -> list[tuple[str, Any]]:
    """Who may own the new customers: oneself; with the right to assign also the pool and teams in turn."""
    mine = (f"{USER_ID}{user.pk}", _("me"))
    if not user.can("customer.assign"):
        return [mine]
    teams, label = [], _("%(team)s in turn (%(count)s people)")
    reached = list(Team.objects.for_user(user))
    called = team_labels(reached)
    for team in reached:
        if reps := reps_of(team):
            teams.append((f"{TEAM_ID}{team.pk}", label % {"team": called[team.pk], "count": len(reps)}))
    first = [("", _("nobody: unassigned pool")), mine]
    return first + teams if reach_of(user).everywhere("customer.assign") else [mine, first[0], *teams]


def owner_field(user: User) -> forms.Field:
    """The choice on the page of columns."""
    return forms.ChoiceField(
        label=_("New customers go to"),
        choices=owner_choices(user),
        required=False,
        error_messages={"invalid_choice": _("You can't give customers to this person or team.")},
    )


def check_owner(options: Mapping[str, Any], user: User | None) -> None:
    """ImportRefusedError when nobody fits the choice, or somebody to whom `user` may not give customers."""
    owner_turn(options.get("owner", ""), user)


OWNER = Option("owner", owner_field, gettext_lazy("user:ID or team:ID"))
