"""Sign-in and sign-out, passwords, one's own profile."""

from functools import partial
from typing import Any

from django.conf import settings
from django.contrib.auth import authenticate, login, logout, update_session_auth_hash
from django.contrib.auth.decorators import login_required
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlsafe_base64_decode
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from accounts import heldposts, selectors, services, sessions, throttle
from accounts.decorators import FORM, READ
from accounts.devices import remember_device
from accounts.forms import InvitationForm, NewPasswordForm, PasswordChangeForm, ProfileForm, ResetForm, SignInForm
from accounts.http import Request
from accounts.models import User
from accounts.passwords import reset_tokens
from core import company, first_steps, outbox
from core.contributions import registry
from core.cookies import host_name
from core.http import safe_next
from ui import toasts
from ui import views as ui_views
from ui.flow import act, form_page

RESET_TOKEN = "reset-token"  # noqa: S105 - the session key that holds it
INVITATION_TOKEN = "invitation-token"  # noqa: S105
NO_TOKEN_IN_ADDRESS = "new"  # noqa: S105
PHONES = ("Mobi", "Android", "HarmonyOS")  # in what their browsers call themselves


def _page(request: HttpRequest, template: str, form: Form, **context: Any) -> HttpResponse:
    """A page with one form; 422 when it has errors."""
    return render(request, template, {"form": form, **context}, status=422 if form.errors else 200)


# --- in and out ------------------------------------------------------------------------------------------------------
@sensitive_post_parameters()
@require_http_methods(FORM)
def sign_in(request: HttpRequest) -> HttpResponse:
    """Name and password; who tries too often is answered by accounts.middleware.AnswerLimits."""
    today = reverse("today")
    target = safe_next(request, today)
    if request.user.is_authenticated:
        return redirect(target)
    form = SignInForm(request.POST or None)
    if form.is_valid():
        name, password = form.cleaned_data["username"], form.cleaned_data["password"]
        user = authenticate(request, username=name, password=password)
        if user is not None:
            if target == today and user.last_login is None:
                target = first_page(user)
            return _enter(request, user, form.cleaned_data["remember"], target)
        services.sign_in_failed(name=name)
        form.add_error(None, _("The name or the password isn't right. Please check both and try again."))
    kept = "kept" in request.GET or bool(request.POST.get("kept"))
    is_new = not selectors.has_accounts()
    return _page(
        request,
        "accounts/login.html",
        form,
        next=target,
        kept=kept,
        is_new=is_new,
        own_certificate=bool(settings.LAN_CA),
    )


def first_page(user: User) -> str:
    """Where a person begins who comes for the first time: whoever sets the company up, with what is left of that."""
    return reverse("first_run" if first_steps.wait_for(user) else "today")


def _enter(request: HttpRequest, user: User, remember: bool, target: str) -> HttpResponse:
    login(request, user)
    sessions.begin(request, user, remember=remember)
    phone = any(word in request.headers.get("User-Agent", "") for word in PHONES)
    services.signed_in(user=user, remembered=remember, phone=phone)
    response = redirect(target)
    sessions.remember_person(response, user)
    remember_device(request, response, user)
    return response


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """End this session."""
    if request.user.is_authenticated:
        services.signed_out(user=request.user)
    logout(request)
    return redirect("login")


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form whose token is out of date comes back filled in; one from elsewhere is refused."""
    return heldposts.hold_after_failed_check(request) or ui_views.csrf_failure(request, reason)


# --- passwords -------------------------------------------------------------------------------------------------------
@sensitive_post_parameters()
@login_required
@require_http_methods(FORM)
def password_first(request: Request) -> HttpResponse:
    """Replace a temporary password; nothing else opens before."""
    if not request.user.must_change_password:
        return redirect("today")
    form = NewPasswordForm(request.user, request.POST or None)
    if form.is_valid():
        return _password_set(request, form, target=first_page(request.user))
    return _page(request, "accounts/password_first.html", form)


@sensitive_post_parameters()
@login_required
@require_http_methods(FORM)
def password_change(request: Request) -> HttpResponse:
    """Change one's own password; the other sessions end."""
    form = PasswordChangeForm(request.user, request.POST or None, request=request)
    if form.is_valid():
        return _password_set(request, form, target=reverse("profile"))
    return _page(request, "accounts/password_change.html", form)


def _password_set(request: HttpRequest, form: NewPasswordForm, target: str) -> HttpResponse:
    user = form.user
    services.password_change(user=user, password=form.cleaned_data["new_password1"], by=user)
    update_session_auth_hash(request, user)  # this session goes on under a new key, all others have ended
    toasts.success(
        request, _("Your password is changed. Other devices have been signed out, and API tokens have ended.")
    )
    return redirect(target)


@require_http_methods(FORM)
def password_reset(request: HttpRequest) -> HttpResponse:
    """Ask for a link by mail; the answer is the same whether or not the account exists.

    Without a mail server the page names the other ways, and what is posted all the same does nothing.
    """
    if not outbox.mail_is_on():
        return render(request, "accounts/password_reset_off.html", {"mail_off": outbox.MAIL_OFF})
    form = ResetForm(request.POST or None)
    if form.is_valid():
        throttle.take({f"reset:{throttle.network_of(request)}": throttle.RESET_LINKS})
        services.reset_mail(name=form.cleaned_data["username"])
        return redirect("password_reset_sent")
    return _page(request, "accounts/password_reset.html", form)


@require_http_methods(READ)
def password_reset_sent(request: HttpRequest) -> HttpResponse:
    """Says that a mail is on its way if there is such an account."""
    return render(request, "accounts/password_reset_sent.html")


@sensitive_post_parameters()
@require_http_methods(FORM)
def password_reset_confirm(request: HttpRequest, uid: str, token: str) -> HttpResponse:
    """Behind the link: the token moves into the session at once, so that no log or Referer keeps a working address."""
    user = _user_of(uid)
    if token != NO_TOKEN_IN_ADDRESS:
        if user is None or not reset_tokens.check_token(user, token):
            return _dead_link(request)
        request.session[RESET_TOKEN] = token
        return redirect("password_reset_confirm", uid=uid, token=NO_TOKEN_IN_ADDRESS)
    if user is None or not reset_tokens.check_token(user, request.session.get(RESET_TOKEN)):
        return _dead_link(request)
    form = NewPasswordForm(user, request.POST or None)
    if not form.is_valid():
        return _page(request, "accounts/password_reset_confirm.html", form)
    services.password_reset(user=user, password=form.cleaned_data["new_password1"])
    request.session.flush()
    toasts.success(request, _("Your password is changed. Please sign in."))
    response = redirect("login")
    remember_device(request, response, user)  # so that whoever guesses at the account can't keep its owner out
    return response


@sensitive_post_parameters()
@require_http_methods(FORM)
def invitation(request: HttpRequest, token: str) -> HttpResponse:
    """Behind the link of an invitation: name and password. The token moves into the session at once, as for a reset."""
    if token != NO_TOKEN_IN_ADDRESS:
        if services.invitation_for(token) is None:
            return render(request, "accounts/invitation_dead.html", status=410)
        request.session[INVITATION_TOKEN] = token
        return redirect("invitation", token=NO_TOKEN_IN_ADDRESS)
    found = services.invitation_for(request.session.get(INVITATION_TOKEN, ""))
    if found is None:
        return render(request, "accounts/invitation_dead.html", status=410)
    form = InvitationForm(found.user, request.POST or None)
    if not form.is_valid():
        return _page(request, "accounts/invitation.html", form, company=company.company().name)
    password = form.cleaned_data["new_password1"]
    try:
        user = services.invitation_accept(invitation=found, password=password, name=form.cleaned_data["name"])
    except services.InvitationDeadError:
        return render(request, "accounts/invitation_dead.html", status=410)
    request.session.flush()
    known = authenticate(request, username=user.email or user.mobile, password=password)
    return _enter(request, known, remember=False, target=first_page(known)) if known else redirect("login")


def _user_of(uid: str) -> User | None:
    try:
        pk = int(urlsafe_base64_decode(uid).decode())
    except (ValueError, UnicodeDecodeError):
        return None
    # unscoped: the token of the link says who it is
    return User.objects.filter(pk=pk, is_active=True).first() if 0 < pk < 2**63 else None


def _dead_link(request: HttpRequest) -> HttpResponse:
    return render(request, "accounts/password_reset_dead.html", status=410)


# --- one's own -------------------------------------------------------------------------------------------------------
@login_required
@require_http_methods(FORM)
def profile(request: Request) -> HttpResponse:
    """Name, language, appearance, time zone, keys, mail; role and team are set by an administrator."""
    user = User.objects.get(pk=request.user.pk)

    def answer(made: None) -> HttpResponse:
        response = redirect("profile")
        for cookie in (settings.LANGUAGE_COOKIE_NAME, host_name("theme")):
            response.delete_cookie(cookie, samesite="Lax")  # the profile decides from now on
        return response

    return form_page(
        request,
        partial(ProfileForm, user=user),
        "accounts/profile.html",
        initial={name: getattr(user, name) for name in ProfileForm.base_fields}
        | {"notice_mails": [code for code in registry().notice_kinds if user.wants_mail(code)]},
        save=lambda form: services.profile_change(user=user, changes=form.changes()),
        said=_("Saved."),
        then=answer,
        tokens=user.tokens.order_by("-created_at"),
    )


@login_required
@require_POST
def token_revoke(request: Request, pk: int) -> HttpResponse:
    """End one of one's own API tokens."""
    token = request.user.tokens.filter(pk=pk).first()
    if token is None:
        raise Http404
    return act(
        request,
        partial(services.token_revoke, token=token, by=request.user),
        said=_("The API token has ended."),
        then=reverse("profile"),
    )


@login_required
@require_POST
def sign_out_everywhere(request: Request) -> HttpResponse:
    """End all sessions of this person, this one included."""
    services.user_sign_out(user=request.user, by=request.user)
    logout(request)
    return redirect("login")
