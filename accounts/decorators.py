"""Doors of pages: sign-in and a named permission, checked when the module loads so that a typo stops the start."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse

from accounts import policy

View = Callable[..., HttpResponse]


def needs(permission: str) -> Callable[[View], View]:
    """Only signed-in people who hold `resource.action` on some rows; others get 403."""
    if not policy.is_permission(permission):
        raise ValueError(f"{permission!r} is no permission; see accounts/policy.py")

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if not request.user.can(permission):
                raise PermissionDenied
            return view(request, *args, **kwargs)

        guarded.permission = permission
        return login_required(guarded)

    return decorate
