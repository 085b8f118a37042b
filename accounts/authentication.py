"""API sign-in: a token in the Authorization header, or the browser's session with CSRF."""

import hashlib
from datetime import timedelta

from django.utils.translation import gettext as _
from rest_framework import authentication, exceptions
from rest_framework.request import Request

from accounts.models import ApiToken, User
from core import clock


def digest_of(key: str) -> str:
    """What is stored of a token."""
    return hashlib.sha256(key.encode()).hexdigest()


class TokenAuthentication(authentication.BaseAuthentication):
    """`Authorization: Token KEY`."""

    def authenticate(self, request: Request) -> tuple[User, ApiToken] | None:
        scheme, _blank, key = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() != "token":
            return None
        token = ApiToken.objects.select_related("user__role", "user__team").filter(digest=digest_of(key)).first()
        if token is None or not token.user.is_active:
            raise exceptions.AuthenticationFailed(_("This token isn't valid."))
        _note_use(token)
        return token.user, token

    def authenticate_header(self, request: Request) -> str:
        return "Token"


class SessionAuthentication(authentication.SessionAuthentication):
    """The browser's session; refusals answer 401 with a hint instead of 403."""

    def authenticate_header(self, request: Request) -> str:
        return "Session"


def _note_use(token: ApiToken) -> None:
    """Write the last use at most every five minutes."""
    now = clock.now()
    if token.last_used_at is None or token.last_used_at < now - timedelta(minutes=5):
        ApiToken.objects.filter(pk=token.pk).update(last_used_at=now)
