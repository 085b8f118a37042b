"""Sign-in, sign-out, passwords and API tokens: the writes and their audit lines."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.db.models.functions import Now
from django.urls import reverse
from django.utils import translation
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode
from django.utils.translation import gettext as _

from accounts import audit, issued
from accounts.authentication import digest_of
from accounts.backends import find_account
from accounts.models import ApiToken, AttemptBucket, Invitation, User
from accounts.passwords import reset_tokens
from core import clock, events
from core.models import OutboxMail
from core.outbox import mail_queue

RESET_KIND = "password_reset"
LINK = "[[link]]"  # in the stored text
RESET_EVERY = timedelta(minutes=5)  # at most one mail per account and this span


def signed_in(*, user: User, remembered: bool, phone: bool = False) -> None:
    """Note a sign-in, and whether it was from a phone."""
    on_phone = {"phone": True} if phone else {}
    audit.record("sign_in", by=user, on=user, remembered=remembered, **on_phone)


def sign_in_failed(*, name: str) -> None:
    """Note a failed attempt: on which account if there is one; what was typed is never kept."""
    audit.record_folded("sign_in_failed", on=find_account(name))


def signed_out(*, user: User) -> None:
    """Note a sign-out."""
    audit.record("sign_out", by=user, on=user)


@transaction.atomic
def password_change(*, user: User, password: str, by: User, act: str = "password.change") -> None:
    """Set a new password; all sessions of the old one end, and all API tokens."""
    user.set_password(password)
    user.must_change_password = False
    user.save(update_fields=["password", "must_change_password"])
    Invitation.objects.filter(user=user).delete()
    audit.record(act, by=by, on=user, tokens=tokens_end(user))


def password_reset(*, user: User, password: str) -> None:
    """Set the password chosen behind a reset link."""
    password_change(user=user, password=password, by=user, act="password.reset")


@transaction.atomic
def reset_mail(*, name: str) -> None:
    """Queue a mail with a reset link for the account `name`; does the same work when there is none.

    The answer, its time and the number of statements don't tell whether an account exists.
    """
    audit.record_folded("password.reset_request")
    user = find_account(name)
    wanted = user is not None and user.is_active and bool(user.email)
    with transaction.atomic():
        _queue(user if wanted else _nobody())
        transaction.set_rollback(not wanted)


def _nobody() -> User:
    return User(pk=0, email="nobody@invalid.example", password="!")  # noqa: S106 - a stand-in that is never saved


def _queue(user: User) -> None:
    slot = int(clock.now().timestamp() // RESET_EVERY.total_seconds())
    with translation.override(user.language or translation.get_language()):
        mail_queue(
            kind=RESET_KIND,
            dedupe_key=f"{RESET_KIND}:{user.pk}:{slot}",
            address=user.email,
            subject=_("Choose a new password"),
            body=_(
                "Somebody asked for a new password for your account. If it was you, open this link within 60 minutes:"
                "\n\n%(link)s\n\n"
                "If it wasn't you, do nothing: your password stays as it is."
            )
            % {"link": LINK},
            user=user if user.pk else None,
        )


def reset_mail_wanted(mail: OutboxMail) -> bool:
    """The gate of reset mails: only to the address that the account still has, and not when it is an hour late.

    A late one frightens its reader, who has asked again or forgotten by then.
    """
    in_time = clock.now() - mail.created_at < timedelta(seconds=settings.PASSWORD_RESET_TIMEOUT)
    return in_time and mail.user is not None and mail.user.email == mail.address


def reset_mail_text(mail: OutboxMail) -> str:
    """The text with its link, made when the mail is sent: who reads the table or a copy of it gets into no account."""
    uid = urlsafe_base64_encode(force_bytes(mail.user.pk))
    link = settings.BASE_URL + reverse("password_reset_confirm", args=[uid, reset_tokens.make_token(mail.user)])
    return mail.body.replace(LINK, link)


@transaction.atomic
def token_create(*, user: User, by: User | None, name: str = "") -> str:
    """Make an API token and return it; only its beginning and its digest are stored."""
    key = secrets.token_urlsafe(32)
    ApiToken.objects.create(user=user, name=name, prefix=key[:6], digest=digest_of(key))
    audit.record("token.create", by=by, on=user)
    return key


@transaction.atomic
def token_revoke(*, token: ApiToken, by: User) -> None:
    """End one API token."""
    ApiToken.objects.filter(pk=token.pk).delete()
    audit.record("token.revoke", by=by, on=token.user)


def tokens_end(user: User) -> int:
    """End all API tokens of a user, and what upper apps have like them: they go wherever the sessions go. Returns how
    many tokens there were."""
    events.publish("tokens_ended", user=user)
    return ApiToken.objects.filter(user=user).delete()[0]


@transaction.atomic
def profile_change(*, user: User, changes: Mapping[str, Any]) -> None:
    """Save what a person set in the own profile."""
    for name, value in changes.items():
        setattr(user, name, value)
    if changes:
        user.save(update_fields=list(changes))
        audit.record("profile.change", by=user, on=user, fields=list(changes))
    if "time_zone" in changes:
        events.publish("user_zone_changed", user=user)


def tidy_sign_ins() -> None:
    """Write the lines of folded acts whose minute is over, forget empty buckets and old files with passwords.

    Safe to repeat. A bucket that would be full for longer than any limit was filled by a clock that went wrong.
    """
    issued.forget_old()
    audit.close_folds()
    AttemptBucket.objects.filter(Q(empty_at__lte=Now()) | Q(empty_at__gt=Now() + timedelta(days=1))).delete()
