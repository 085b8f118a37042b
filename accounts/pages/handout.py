"""What a new colleague is given to get in, shown once: to copy, to print, to hand over."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from accounts.http import Request
from accounts.models import User
from core import clock

SHOWN_AGAIN = timedelta(minutes=10)  # a form sent twice shows its temporary passwords twice


@dataclass(frozen=True)
class HandedOut:
    """A person with the temporary password that nobody will see again."""

    user: User
    password: str

    @property
    def sign_in(self) -> str:
        """What the person signs in with."""
        return self.user.email or self.user.mobile or ""

    @property
    def text(self) -> str:
        """What the person needs to get in, to be sent."""
        return _("%(address)s\nSign in with: %(name)s\nTemporary password: %(password)s") % {
            "address": settings.BASE_URL,
            "name": self.sign_in,
            "password": self.password,
        }


def still_temporary(user: User, password: str) -> bool:
    """Whether this person was made just now and still has this password."""
    fresh = user.must_change_password and clock.now() - user.created_at < SHOWN_AGAIN
    return fresh and user.check_password(password)


def handout_page(request: Request, people: Sequence[HandedOut], *, new: bool, here: Sequence[str] = ()) -> HttpResponse:
    """The page with the temporary passwords; it can't be opened a second time. `here` were there before."""
    return render(request, "accounts/handout.html", {"people": people, "new": new, "here": here})
