"""Before-images of rows by database trigger: updates and deletes, also by bulk update and raw SQL."""

from collections.abc import Callable, Sequence
from typing import TypeVar

import pghistory
from django.db.models import Model

M = TypeVar("M", bound=type[Model])


def tracked(*, exclude: Sequence[str] = ()) -> Callable[[M], M]:
    """Keep the old row on every update and delete of the decorated model (not on creation: bulk loads stay fast)."""
    return pghistory.track(
        pghistory.UpdateEvent("before_update", row=pghistory.Old),
        pghistory.DeleteEvent("before_delete"),
        exclude=list(exclude) or None,
    )
