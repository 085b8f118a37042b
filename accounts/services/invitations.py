"""Invitations: a link with which a new colleague chooses an own password. One use, a week, revocable.

The table holds a digest of the token; the token itself is derived from the secret key when the link is shown or mailed,
so that who reads the database or a copy of it gets into no account.
"""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import translation
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from accounts import audit
from accounts.authentication import digest_of
from accounts.models import AuditEntry, Invitation, User
from accounts.services.roles import require_within
from accounts.services.signin import LINK, password_change
from core import clock, company
from core.models import OutboxMail
from core.numbers import days
from core.outbox import mail_is_on, mail_queue
from core.p256 import base64url
from ui import formatting

INVITATION_KIND = "invitation"


class SignedInBeforeError(Exception):
    """The person has an own password by now: an invitation would take it away."""


class InvitationDeadError(Exception):
    """The link no longer works: used, taken back, renewed or too old."""


@transaction.atomic
def user_invite(*, user: User, by: User) -> Invitation:
    """Invite a person who has never signed in; an earlier link and a temporary password stop working.

    Goes by mail where there is an address and a mail server. RoleBeyondOwnError as for every act on a user.
    """
    require_within(by, user.role)
    if user.last_login is not None:
        raise SignedInBeforeError
    user.set_unusable_password()
    user.must_change_password = False
    user.save(update_fields=["password", "must_change_password"])
    Invitation.objects.filter(user=user).delete()
    nonce = uuid.uuid4()
    invitation = Invitation.objects.create(
        user=user, nonce=nonce, digest=digest_of(_token(nonce)), expires_at=clock.now() + days("invitation_days")
    )
    user.invitation = invitation
    audit.record("user.invite", by=by, on=user, mail=is_mailed(user))
    if is_mailed(user):
        with translation.override(user.language or translation.get_language()):
            mail_queue(
                kind=INVITATION_KIND,
                dedupe_key=f"{INVITATION_KIND}:{nonce}",
                address=user.email or "",
                subject=_("Your account at %(company)s") % {"company": company.company().name},
                body=text_of(invitation, link=LINK),
                user=user,
                source_id=invitation.pk,
            )
    return invitation


@transaction.atomic
def invitation_revoke(*, user: User, by: User) -> None:
    """The link stops working; the account stays, nobody can sign in with it before it gets another way in."""
    require_within(by, user.role)
    if Invitation.objects.filter(user=user).delete()[0]:
        audit.record("user.uninvite", by=by, on=user)


@transaction.atomic
def invitation_accept(*, invitation: Invitation, password: str, name: str) -> User:
    """Set the password and the name that the invited person has chosen; the link is used up.

    InvitationDeadError when it was used since `invitation` was read: of two at once the first one stands. The user
    is locked before the invitation, as whoever renews it writes them in this order.
    """
    # unscoped: the link says who it is
    user = User.objects.select_for_update(of=("self",), no_key=True).select_related("role").get(pk=invitation.user_id)
    left = Invitation.objects.select_for_update(of=("self",)).filter(pk=invitation.pk).first()
    if left is None or not left.counts():
        raise InvitationDeadError
    if name != user.name:
        user.name = name
        user.save(update_fields=["name"])
    password_change(user=user, password=password, by=user, act="user.accept")
    return user


def invitation_for(token: str) -> Invitation | None:
    """The invitation of a link, as long as it counts."""
    found = Invitation.objects.select_related("user__role").filter(digest=digest_of(token)).first()
    return found if found is not None and found.counts() else None


def is_invited_by(user: User, by: User) -> bool:
    """Whether `by` made the link and has seen it: it lets in as that person, so nobody else is shown it."""
    lines = AuditEntry.objects.filter(act="user.invite", object_type=User._meta.label_lower, object_id=user.pk)
    last = lines.order_by("-at", "-id").first()
    return last is not None and last.by_id == by.pk


def is_mailed(user: User) -> bool:
    """Whether an invitation of this person goes out by itself."""
    return bool(user.email) and mail_is_on()


def link_of(invitation: Invitation) -> str:
    """The address to hand over."""
    return settings.BASE_URL + reverse("invitation", args=[_token(invitation.nonce)])


def text_of(invitation: Invitation, *, link: str = "") -> str:
    """What to send the person."""
    user = invitation.user
    return _(
        "%(company)s has made you an account. Open this link and choose your password; it works once, until %(day)s:\n"
        "\n%(link)s\n\nAfterwards you sign in with %(name)s."
    ) % {
        "company": company.company().name,
        "day": formatting.day(invitation.expires_at),
        "link": link or link_of(invitation),
        "name": user.email or user.mobile,
    }


def _token(nonce: uuid.UUID) -> str:
    digest = salted_hmac("invitation", str(nonce), algorithm="sha256").digest()
    return base64url(digest)


def invitation_mail_wanted(mail: OutboxMail) -> bool:
    """The gate of invitations: the link still counts and the person has this address still."""
    found = Invitation.objects.select_related("user").filter(pk=mail.source_id or 0).first()
    return found is not None and found.counts() and found.user.email == mail.address


def invitation_mail_text(mail: OutboxMail) -> str:
    """The text with its link, made when the mail is sent."""
    return mail.body.replace(LINK, link_of(Invitation.objects.get(pk=mail.source_id or 0)))
