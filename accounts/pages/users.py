"""`/settings/users/` and `/settings/teams/`: who signs in, in which team and role."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any, TypeVar

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import heldposts, selectors, services
from accounts.access import row_for
from accounts.decorators import needs
from accounts.holdings import holdings
from accounts.http import Request
from accounts.models import Role, Team, User
from accounts.pages.forms import TeamForm, TeamNameForm, UserForm
from accounts.passwords import temporary
from core import clock, outbox
from core.idempotency import SENT_BEFORE, KeyReusedError, already_made, create_once
from core.paging import keyset_page
from ui import toasts

READ_AND_WRITE = ("GET", "HEAD", "POST")
SHOWN_AGAIN = timedelta(minutes=10)  # a form sent twice shows its temporary password twice
Made = TypeVar("Made", User, Team)


# --- users -----------------------------------------------------------------------------------------------------------
@require_safe
@needs("setting.view")
def user_list(request: Request) -> HttpResponse:
    """People with team, role, last sign-in and status; filters in the address."""
    asked = {name: request.GET.get(key, "") for name, key in FILTERS.items()}
    rows = selectors.users(request.user, **asked)
    roles = list(Role.objects.order_by("pk"))
    may_change = request.user.can("user.change")
    context = {
        "page": keyset_page(rows, order=["-is_active", "name", "id"], cursor=request.GET.get("cursor")),
        "total": rows.count(),
        "asked": asked,
        "roles": roles,
        "changeable": {role.pk for role in roles if may_change and services.is_within(request.user, role)},
        "teams": Team.objects.for_user(request.user),
        "filtered": any(asked.values()),
        "mail_off": "" if outbox.mail_is_on() else outbox.MAIL_OFF,
    }
    return render(request, "settings/users.html", context)


FILTERS = {"search": "q", "role": "role", "team": "team", "status": "status"}


@require_http_methods(READ_AND_WRITE)
@needs("user.add")
def user_new(request: Request) -> HttpResponse:
    """Make a user; the temporary password is shown once, on the answer."""
    form = UserForm(request.user, heldposts.bound_or_held(request))
    if request.method == "POST":
        try:
            user, made = _made_once(request, form, User, lambda: _make_user(request, form))
        except services.RoleBeyondOwnError:
            form.add_error("role", beyond_own())
        except KeyReusedError:
            form.add_error(None, SENT_BEFORE)
        else:
            if user is not None:
                return _issued_for(request, user, form.key, new=made)
    return _form_page(request, form, title=_("New user"))


def _make_user(request: Request, form: UserForm) -> User:
    return services.user_create(by=request.user, password=temporary(form.key), **form.values())[0]


def _made_once(
    request: Request, form: UserForm | TeamForm, model: type[Made], make: Callable[[], Made]
) -> tuple[Made | None, bool]:
    """(what the form makes or has made, made now); (None, False) when it has errors.

    Sent a second time, as by a double press, its name is taken, by itself: what it made is the answer then too. A name
    that somebody else took in the same moment is an error of the form.
    """
    sent: dict[str, Any] = {"user": request.user, "key": form.key, "data": form.typed(), "model": model}
    try:
        if form.is_valid():
            return create_once(**sent, create=make)
    except IntegrityError:
        form.full_clean()
    return already_made(**sent), False


def _issued_for(request: Request, user: User, key: str, *, new: bool) -> HttpResponse:
    """The temporary password, also when the form came twice; once it is changed, or late, only the user."""
    password = temporary(key)
    if new or (
        user.must_change_password and clock.now() - user.created_at < SHOWN_AGAIN and user.check_password(password)
    ):
        return _issued(request, user, password, new=True)
    toasts.info(request, _("This user is made already."))
    return redirect("user_edit", pk=user.pk)


def beyond_own() -> str:
    """Why this role can't be given."""
    return _("You can't give a role that may do more than yours.")


@require_http_methods(READ_AND_WRITE)
@needs("user.change")
def user_edit(request: Request, pk: int) -> HttpResponse:
    """Change a user; a new role or team signs the person out."""
    user = _person(request, pk)
    form = UserForm(request.user, heldposts.bound_or_held(request), user=user)
    if request.method == "POST" and form.is_valid():
        try:
            services.user_change(user=user, changes=form.values(), by=request.user)
        except services.LastAdministratorError:
            form.add_error("role", last_administrator())
        except services.RoleBeyondOwnError:
            form.add_error("role", beyond_own())
        except IntegrityError:  # somebody took the address or number in this moment
            user.refresh_from_db()
            form.full_clean()
        else:
            toasts.success(request, _("Saved."))
            return redirect("user_list")
    return _form_page(request, form, title=user.name, user=user)


def _person(request: Request, pk: int) -> User:
    """The user that the reader may change: within reach, and with no role beyond the reader's own."""
    user = row_for(User.objects.select_related("role", "team"), request.user, pk, "change")
    if not services.is_within(request.user, user.role):
        raise PermissionDenied
    return user


def _form_page(request: Request, form: UserForm, title: str, user: User | None = None) -> HttpResponse:
    context: dict[str, Any] = {"form": form, "title": title, "person": user}
    if user is not None:
        context |= holdings(request.user, user)
        context["tokens"] = user.tokens.count()
    return render(request, "settings/user_form.html", context, status=422 if form.errors else 200)


def _issued(request: Request, user: User, password: str, *, new: bool) -> HttpResponse:
    """The page with the temporary password; it can't be opened a second time."""
    return render(request, "settings/user_password.html", {"person": user, "password": password, "new": new})


def last_administrator() -> str:
    """Why the last administrator stays one."""
    return _("This is the last administrator. Give another person the role first.")


@require_POST
@needs("user.change")
def user_act(request: Request, pk: int, act: str) -> HttpResponse:
    """Switch off or on, sign out everywhere, give a temporary password."""
    user = _person(request, pk)
    if act == "password":
        return _issued(request, user, services.user_password_renew(user=user, by=request.user), new=False)
    service, done = ACTS[act]
    try:
        service(user=user, by=request.user)
    except services.LastAdministratorError:
        toasts.error(request, last_administrator())
    else:
        toasts.success(request, _(done) % {"name": user.name})
    return redirect("user_edit", pk=user.pk)


ACTS: dict[str, tuple[Any, str]] = {
    "off": (services.user_deactivate, gettext_noop("%(name)s is switched off; sessions and API tokens have ended.")),
    "on": (services.user_activate, gettext_noop("%(name)s may sign in again.")),
    "sign-out": (services.user_sign_out, gettext_noop("%(name)s is signed out on all devices; API tokens have ended.")),
}


# --- teams -----------------------------------------------------------------------------------------------------------
@require_safe
@needs("setting.view")
def team_list(request: Request) -> HttpResponse:
    """The tree of teams with their people; who may, adds one."""
    return _teams_page(request, TeamForm(request.user, heldposts.held_data(request)))


@require_POST
@needs("team.add")
def team_new(request: Request) -> HttpResponse:
    """Make a team."""
    form = TeamForm(request.user, request.POST)
    try:
        team, made = _made_once(request, form, Team, lambda: _make_team(request, form))
    except KeyReusedError:
        form.add_error(None, SENT_BEFORE)
        team = None
    if team is None:
        return _teams_page(request, form)
    if made:
        toasts.success(request, _("Team made."))
    return redirect("team_list")


def _make_team(request: Request, form: TeamForm) -> Team:
    return services.team_create(name=form.cleaned_data["name"], parent=form.cleaned_data["parent"], by=request.user)


@require_http_methods(READ_AND_WRITE)
@needs("team.change")
def team_edit(request: Request, pk: int) -> HttpResponse:
    """Give a team another name."""
    team = row_for(Team.objects, request.user, pk, "change")
    form = TeamNameForm(team, heldposts.bound_or_held(request))
    if request.method == "POST" and form.is_valid():
        try:
            services.team_rename(team=team, name=form.cleaned_data["name"], by=request.user)
        except IntegrityError:  # somebody took the name in this moment
            form.full_clean()
        else:
            toasts.success(request, _("Saved."))
            return redirect("team_list")
    status = 422 if form.errors else 200
    return render(request, "settings/team_form.html", {"form": form, "team": team}, status=status)


def _teams_page(request: Request, form: TeamForm) -> HttpResponse:
    context = {"form": form, "teams": selectors.teams_with_people(request.user)}
    return render(request, "settings/teams.html", context, status=422 if form.errors else 200)
