"""`/settings/users/` and `/settings/teams/`: who signs in, in which team and role."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import selectors, services
from accounts.access import row_for
from accounts.decorators import FORM, POST, READ, needs
from accounts.holdings import holdings
from accounts.http import Request
from accounts.models import Invitation, Role, Team, User
from accounts.pages.forms import INVITE, LATER, NO_SIGN_IN_NAME, LeaveForm, TeamEditForm, TeamForm, UserForm
from accounts.pages.handout import HandedOut, handout_page, shown_again
from accounts.pages.listing import USERS
from accounts.passwords import temporary
from accounts.selectors import team_labels, team_path
from core import outbox
from ui import toasts
from ui.conflicts import Edit
from ui.flow import act, edit_page, form_page
from ui.listing import Asked, list_page

TAKEN = {
    "email": gettext_lazy("Another user signs in with this address."),
    "mobile": gettext_lazy("Another user signs in with this number."),
    "wecom_id": gettext_lazy("Somebody else has this WeCom account."),
    "dingtalk_id": gettext_lazy("Somebody else has this DingTalk account."),
}
LAST_ADMINISTRATOR = gettext_lazy("This is the last owner or administrator. Give another person the role first.")


# --- users -----------------------------------------------------------------------------------------------------------
@needs(USERS.permission, READ)
def user_list(request: Request) -> HttpResponse:
    """People with team, role, last sign-in and status; filters in the address."""
    asked = Asked(USERS, request)
    return list_page(
        asked,
        title=_("Users"),
        template="accounts/users.html",
        people=asked.rows.count(),
        roles=Role.objects.order_by("pk"),
        teams=team_labels(Team.objects.for_user(request.user)),
        mail_off="" if outbox.mail_is_on() else outbox.MAIL_OFF,
    )


@needs("user.add", FORM)
def user_new(request: Request) -> HttpResponse:
    """Make a user; link or temporary password are shown once, on the answer, and again when the form came twice."""
    password = temporary(request.POST.get("idempotency_key", ""))

    def make(form: UserForm) -> User:
        values = form.values()
        invited = values.pop("way_in") == INVITE
        with _refusals_beside_fields(values):
            user, _password = services.user_create(by=request.user, password=None if invited else password, **values)
        if invited:
            services.user_invite(user=user, by=request.user)
        return user

    def answer(user: User) -> HttpResponse | str:
        again = shown_again(user, password, invited=request.POST.get("way_in") == INVITE, to=request.user)
        if again:
            return handout_page(request, [again], new=True)
        toasts.info(request, _("This user is made already."))
        return reverse("user_edit", args=[user.pk])

    return form_page(
        request,
        partial(UserForm, by=request.user),
        "accounts/user_form.html",
        once=User,
        save=make,
        then=answer,
        back=reverse("user_list"),
        title=_("New user"),
    )


@needs("user.change", FORM)
def user_edit(request: Request, pk: int) -> HttpResponse:
    """Change a user; a new role or team signs the person out."""
    person = _person(request, pk)

    def save(edit: Edit) -> None:
        with _refusals_beside_fields(edit.changes, edit.row):
            services.user_change(user=edit.row, changes=edit.changes, by=request.user)
        if "role" in edit.changes and not edit.row.has_usable_password():
            text = _("%(name)s has no way in now: a new role ends links and temporary passwords. Invite them again.")
            toasts.error(request, text % {"name": edit.row.name})

    held = holdings(request.user, person)
    return edit_page(
        request,
        partial(UserForm, by=request.user, user=person),
        "accounts/user_form.html",
        row=person,
        find=partial(_person, request, pk),
        save=save,
        said=_("Saved."),
        then=reverse("user_list"),
        title=person.name,
        person=person,
        tokens=person.tokens.count(),
        invitation=Invitation.objects.filter(user=person).first(),
        holds=held,
        still_holds=any(one.left for one in held),
    )


def _person(request: Request, pk: int) -> User:
    """The user that the reader may change: within reach, and with no role beyond the reader's own."""
    user = row_for(User.objects.select_related("role", "team"), request.user, pk, "change")
    if not services.is_within(request.user, user.role):
        raise PermissionDenied
    return user


@contextmanager
def _refusals_beside_fields(values: Mapping[str, Any], user: User | None = None) -> Iterator[None]:
    """What the service or the database refuses to write, as errors of the form."""
    try:
        with transaction.atomic():
            yield
    except services.LastAdministratorError:
        raise ValidationError({"role": LAST_ADMINISTRATOR}) from None
    except services.RoleBeyondOwnError:
        raise ValidationError({"role": _("You can't give a role that may do more than yours.")}) from None
    except IntegrityError as error:
        # unscoped: a sign-in name is taken by anybody who has it
        others = User._base_manager.exclude(pk=user.pk) if user else User._base_manager.all()
        given = {name: words for name, words in TAKEN.items() if values.get(name)}
        taken = {name: words for name, words in given.items() if others.filter(**{name: values[name]}).exists()}
        raise ValidationError(taken or NO_SIGN_IN_NAME) from error


@needs("user.change", FORM)
def user_off(request: Request, pk: int) -> HttpResponse:
    """Switch a user off; what they hold goes to others in the same step, unless it is to wait."""
    person = _person(request, pk)
    held = [one for one in holdings(request.user, person) if one.left]

    def save(form: LeaveForm) -> None:
        try:
            if held and form.cleaned_data["way"] != LATER:
                services.user_leave(user=person, heirs=form.heirs(), by=request.user)
            elif held:
                services.user_leave_for_later(user=person, by=request.user)
            else:
                services.user_deactivate(user=person, by=request.user)
        except services.LastAdministratorError:
            raise ValidationError(LAST_ADMINISTRATOR) from None

    off = _("%(name)s is switched off; sessions and API tokens have ended.")
    done = off if person.is_active else _("Everything that %(name)s held is handed over.")
    return form_page(
        request,
        partial(LeaveForm, by=request.user, person=person, held=held),
        "accounts/user_off.html",
        save=save,
        said=done % {"name": person.name},
        then=reverse("user_edit", args=[pk]),
        person=person,
        held=held,
    )


@needs("user.change", POST)
def user_on(request: Request, pk: int) -> HttpResponse:
    """Switch a user on again."""
    return _act(request, pk, services.user_activate, _("%(name)s may sign in again."))


@needs("user.change", POST)
def user_sign_out(request: Request, pk: int) -> HttpResponse:
    """End all sessions of a user."""
    done = _("%(name)s is signed out on all devices; API tokens have ended.")
    return _act(request, pk, services.user_sign_out, done)


def _act(request: Request, pk: int, service: Callable[..., None], said: str) -> HttpResponse:
    person = _person(request, pk)
    return act(
        request,
        partial(service, user=person, by=request.user),
        said=said % {"name": person.name},
        refused={services.LastAdministratorError: LAST_ADMINISTRATOR},
        then=reverse("user_edit", args=[pk]),
    )


@needs("user.change", POST)
def user_password(request: Request, pk: int) -> HttpResponse:
    """Give a temporary password, shown once."""
    person = _person(request, pk)
    password = services.user_password_renew(user=person, by=request.user)
    return handout_page(request, [HandedOut(person, password)], new=False)


@needs("user.change", POST)
def user_invite(request: Request, pk: int) -> HttpResponse:
    """Give a person who has never signed in a new link, shown once."""
    person = _person(request, pk)
    try:
        invitation = services.user_invite(user=person, by=request.user)
    except services.SignedInBeforeError:
        toasts.error(request, _("%(name)s has signed in before and has an own password.") % {"name": person.name})
        return redirect("user_edit", pk)
    return handout_page(request, [HandedOut(person, invitation=invitation)], new=False)


@needs("user.change", POST)
def user_uninvite(request: Request, pk: int) -> HttpResponse:
    """Take the invitation of a person back."""
    done = _("The link for %(name)s no longer works.")
    return _act(request, pk, services.invitation_revoke, done)


# --- teams -----------------------------------------------------------------------------------------------------------
@needs("setting.view", READ)
def team_list(request: Request) -> HttpResponse:
    """The tree of teams with their people; who may, adds one."""
    return _teams_page(request)


@needs("team.add", POST)
def team_new(request: Request) -> HttpResponse:
    """Make a team."""
    return _teams_page(request)


def _teams_page(request: Request) -> HttpResponse:
    def make(form: TeamForm) -> Team:
        with _name_free_in_its_place():
            return services.team_create(by=request.user, **form.values())

    return form_page(
        request,
        partial(TeamForm, by=request.user),
        "accounts/teams.html",
        once=Team,
        save=make,
        said=lambda team: _("Team %(team)s made.") % {"team": team_path(team)},
        then=reverse("team_list"),
        teams=selectors.teams_with_people(request.user),
    )


@needs("team.change", FORM)
def team_edit(request: Request, pk: int) -> HttpResponse:
    """Give a team another name, or ask something else of its people."""

    def find() -> Team:
        return row_for(Team.objects, request.user, pk, "change")

    def save(edit: Edit) -> None:
        with _name_free_in_its_place():
            services.team_change(team=edit.row, by=request.user, **edit.changes)

    return edit_page(
        request,
        partial(TeamEditForm, by=request.user),
        "accounts/team_form.html",
        find=find,
        save=save,
        said=_("Saved."),
        then=reverse("team_list"),
    )


@contextmanager
def _name_free_in_its_place() -> Iterator[None]:
    try:
        with transaction.atomic():
            yield
    except IntegrityError as error:
        raise ValidationError({"name": _("There is a team of this name in the same place.")}) from error
