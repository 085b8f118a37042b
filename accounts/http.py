"""The request of views behind the sign-in."""

from django.http import HttpRequest
from django_htmx.middleware import HtmxDetails

from accounts.models import User


class Request(HttpRequest):
    """A request whose user is signed in: `needs` or `login_required` stands before the view. A type, never made."""

    user: User
    htmx: HtmxDetails
    known_badges: dict[str, int]  # figures of the menu that the page has counted itself (ui/shell.py)
