"""What pages need of the app that knows people: forms that outlived their session, masking, and saved views of lists.

`ui` lies below `accounts`, so `accounts` hands its functions over when the project starts. A page that is asked for
before that fails: without them it would lose what was typed, or show what must stay hidden.
"""

from collections.abc import Callable
from typing import Any, TypeVar

from django.http import HttpRequest, QueryDict

T = TypeVar("T")
HeldData = Callable[[HttpRequest], QueryDict | None]
Mask = Callable[[Any, Any], Any]
SavedViews = Callable[[Any], list[Any]]

_hooks: dict[str, Any] = {}


def register(*, held_data: HeldData, masked_copy: Mask, saved_views: SavedViews) -> None:
    """Called by accounts when the project starts."""
    _hooks.update(held_data=held_data, masked_copy=masked_copy, saved_views=saved_views)


def sent_or_held(request: HttpRequest) -> QueryDict | None:
    """What a form is bound to: the POST, else the entries that were kept when the session ended, else nothing."""
    return request.POST if request.method == "POST" else _hooks["held_data"](request)


def masked_copy(user: Any, value: T) -> T:
    """`value` as this person may read it: rows are copied and masked, alone or in a list; the rest stays as it is."""
    return _hooks["masked_copy"](user, value)


def saved_views(asked: Any) -> list[Any]:
    """The saved views of a list as one person asks for it (`ui.listing.SavedTab`)."""
    return _hooks["saved_views"](asked)
