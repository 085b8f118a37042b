"""Doors of pages: sign-in and a named permission, checked when the module loads so that a typo stops the start."""

from collections.abc import Callable, Sequence
from functools import wraps
from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http.response import HttpResponseBase
from django.views.decorators.http import require_http_methods

from accounts.http import Request
from core.contributions import registry

View = Callable[..., HttpResponseBase]
READ = ("GET", "HEAD")  # a page to look at
FORM = ("GET", "HEAD", "POST")  # a page with a form
POST = ("POST",)  # a button


def needs(permission: str, methods: Sequence[str] = ()) -> Callable[[View], View]:
    """Only signed-in people who hold `resource.action` on some rows; others get 403, other methods 405."""
    if permission not in registry().permissions:
        raise ValueError(f"{permission!r} is no permission; see docs/contributions.md")

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: Request, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if not request.user.can(permission):
                raise PermissionDenied
            return view(request, *args, **kwargs)

        door = login_required(guarded)
        return require_http_methods(methods)(door) if methods else door

    return decorate
