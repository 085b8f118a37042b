"""Sign-in by e-mail or mobile number, with the same work for unknown accounts."""

from typing import Any

from django.contrib.auth.backends import BaseBackend
from django.http import HttpRequest

from accounts.models import User
from accounts.phones import normal_mobile


class EmailOrMobileBackend(BaseBackend):
    def authenticate(
        self, request: HttpRequest | None, username: str | None = None, password: str | None = None, **extra: Any
    ) -> User | None:
        user = find_account(username or extra.get("email") or "")
        if user is None:
            User().set_password(password)  # the same time as for a known account
            return None
        return user if user.check_password(password or "") and user.is_active else None

    def get_user(self, user_id: int) -> User | None:
        return User.objects.select_related("role", "team").filter(pk=user_id, is_active=True).first()


def find_account(sign_in_name: str) -> User | None:
    """The account with this e-mail or mobile number, active or not."""
    name = sign_in_name.strip()
    if "@" in name:
        return User.objects.filter(email__iexact=name).first()
    mobile = normal_mobile(name)
    return User.objects.filter(mobile=mobile).first() if mobile else None
