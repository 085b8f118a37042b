"""What a new colleague is given to get in, shown once: to copy, to print, to hand over."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from accounts import services
from accounts.http import Request
from accounts.models import Invitation, User
from core import clock
from core.numbers import number

SHOWN_AGAIN = timedelta(minutes=10)  # a form sent twice shows its temporary passwords twice


@dataclass(frozen=True)
class HandedOut:
    """A person with the temporary password, or the link of the invitation, that nobody will see again."""

    user: User
    password: str = ""
    invitation: Invitation | None = None

    @property
    def link(self) -> str:
        """Of the invitation."""
        return services.link_of(self.invitation) if self.invitation else ""

    @property
    def mailed(self) -> bool:
        """Whether the invitation goes out by itself."""
        return self.invitation is not None and services.is_mailed(self.user)

    @property
    def sign_in(self) -> str:
        """What the person signs in with."""
        return self.user.email or self.user.mobile or ""

    @property
    def text(self) -> str:
        """What the person needs to get in, to be sent."""
        if self.invitation:
            return services.text_of(self.invitation)
        return _("%(address)s\nSign in with: %(name)s\nTemporary password: %(password)s") % {
            "address": settings.BASE_URL,
            "name": self.sign_in,
            "password": self.password,
        }


def shown_again(user: User, password: str, *, invited: bool, to: User) -> HandedOut | None:
    """What this person was given by `to`, when they were made just now and haven't used it."""
    if clock.now() - user.created_at > SHOWN_AGAIN:
        return None
    if invited:
        if not services.is_invited_by(user, to):
            return None
        invitation = Invitation.objects.filter(user=user).first()
        return HandedOut(user, invitation=invitation) if invitation else None
    return HandedOut(user, password) if user.must_change_password and user.check_password(password) else None


def handout_page(request: Request, people: Sequence[HandedOut], *, new: bool, here: Sequence[str] = ()) -> HttpResponse:
    """The page with what people are given; it can't be opened a second time. `here` were there before."""
    invited = any(person.invitation for person in people)
    context = {"people": people, "new": new, "here": here, "invited": invited, "days": number("invitation_days")}
    return render(request, "accounts/handout.html", context)
