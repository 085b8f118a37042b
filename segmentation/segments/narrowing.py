"""Lists narrowed to a segment: `?segment=12` of pages and of the API.

A segment that can't be answered, or that the person doesn't see, leaves nobody and says why: never everybody.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import Case, Q, Value, When
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from core.contributions import CustomerFilter, Rows
from segmentation.segments.models import Segment
from segmentation.segments.selectors import (
    SegmentUnusableError,
    customers_of,
    reading_of,
    segment_named,
    segments,
    where,
)
from segmentation.segments.words import code_words, why_unusable
from ui.listing import Asked, Filter, Words

MOST = 200  # that a form offers
NOBODY = Q(pk__in=[])


@dataclass(frozen=True)
class Narrowed:
    """A segment that an address names, or one that stands in it itself and is `called` by its conditions.

    `where`: on customers in reach without the pool; `why` it can't be answered. `confidential`: it names values of
    fields that a rule of masking hides from some.
    """

    segment: Segment | None
    where: Q
    why: str = ""
    called: str = ""
    confidential: bool = False

    @property
    def words(self) -> str:
        """Its name, or that there is none; and why nobody is shown."""
        name = self.segment.name if self.segment else self.called or _("not there, or not shared with you")
        return f"{name}: {self.why}" if self.why else name


def narrowed(user: User, text: str) -> Narrowed:
    """What `?segment=` says."""
    found = segment_named(user, text) if user.can("segment.view") else None
    if found is None:
        return Narrowed(None, NOBODY)
    reading = reading_of(user, found)
    try:
        return Narrowed(found, where(user, reading))
    except SegmentUnusableError:
        return Narrowed(found, NOBODY, why_unusable(reading, code_words(user, [reading.tree])))


def choices(user: User) -> list[tuple[str, Words]]:
    """The segments that a form offers: those in use, one's own first, what was changed last on top."""
    if not user.can("segment.view"):
        return []
    mine = Case(When(owner=user.pk, then=Value(0)), default=Value(1))
    rows = segments(user).order_by(mine, "-updated_at", "-pk").values_list("pk", "name")[:MOST]
    return [(str(pk), name) for pk, name in rows]


def segment_filter(path: str) -> Filter:
    """Narrows a list of rows at customers; `path` leads to the customer."""

    def condition(asked: Asked, found: Narrowed) -> Q:
        if found.segment is None or found.why:
            return NOBODY
        return Q(**{f"{path}__in": customers_of(found.segment, asked.user).order_by().values("pk")})

    return Filter(
        "segment",
        gettext_lazy("Segment"),
        read=lambda asked, text: narrowed(asked.user, text) if text else None,
        where=condition,
        words=lambda asked, found: found.words,
    )


def _read(user: Any, text: str) -> Narrowed:
    found = narrowed(user, text)
    if found.segment is None or found.why:
        raise ValueError(found.why or _("There is no segment %(id)s that you may use.") % {"id": text[:20]})
    return found


def _narrow(user: Any, rows: Rows, found: Narrowed) -> Rows:
    return rows.filter(found.where)


BY_SEGMENT = CustomerFilter(
    "segment",
    "The id of a segment: the customers whom it means, without the unassigned pool.",
    _read,
    _narrow,
    label=gettext_lazy("Segment"),
    choices=choices,
)
