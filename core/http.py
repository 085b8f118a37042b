"""Helpers of all forms."""

from django.http import HttpRequest
from django.utils.http import url_has_allowed_host_and_scheme

from core.digits import whole_number


def safe_next(request: HttpRequest, default: str) -> str:
    """The `next` address of the request if it is a path of this site, else `default`."""
    target = request.POST.get("next") or request.GET.get("next") or ""
    here = url_has_allowed_host_and_scheme(target, {request.get_host()}, require_https=request.is_secure())
    return target if here and target.startswith("/") else default


def row_id(text: str) -> int | None:
    """The id that an address or a form names; None for any text that is none."""
    return whole_number(text)
