"""Sign-in by e-mail or mobile number: counted before anything is hashed, the same work for unknown accounts."""

from typing import Any

from django.contrib.auth.backends import BaseBackend
from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX, check_password
from django.db.models import Max
from django.http import HttpRequest
from django.utils.crypto import salted_hmac

from accounts import audit, throttle
from accounts.hashers import BusyError
from accounts.models import User
from accounts.names import normal_name


class EmailOrMobileBackend(BaseBackend):
    def authenticate(
        self, request: HttpRequest | None, username: str | None = None, password: str | None = None, **extra: Any
    ) -> User | None:
        """The active user with this name and password; TooManyAttemptsError or BusyError when nothing was tried."""
        typed, password = username or extra.get("email") or "", password or ""
        user = find_account(typed)
        buckets = throttle.buckets_of(request, user, typed) if request is not None else {}
        try:
            throttle.take(buckets)
        except throttle.TooManyAttemptsError:
            audit.record_folded("sign_in_failed", on=user)
            raise
        try:
            right = user.check_password(password) if user else _work_in_vain(typed, password)
        except BusyError:
            throttle.give_back(buckets, forgive=False)
            raise
        if user is None or not right or not user.is_active:
            return None
        throttle.give_back(buckets, forgive=True)
        return user

    def get_user(self, user_id: int) -> User | None:
        return User.objects.select_related("role", "team").filter(pk=user_id, is_active=True).first()


def find_account(typed: str) -> User | None:
    """The account with this e-mail or mobile number, active or not."""
    name = normal_name(typed)
    return User.objects.filter(**{"email" if "@" in name else "mobile": name}).first()


def _work_in_vain(typed: str, password: str) -> bool:
    """Check the password against somebody's hash, always False: the time of a known account, also of one whose hash
    has an older cost. The same name meets the same hash each time."""
    share = int(salted_hmac("stand-in", normal_name(typed)).hexdigest()[:8], 16) / 2**32
    last = User.objects.aggregate(last=Max("pk"))["last"] or 0
    stand_in = User.objects.filter(pk__gte=share * last).order_by("pk").values_list("password", flat=True).first()
    check_password(password, stand_in or UNUSABLE_PASSWORD_PREFIX)
    return False
