"""Which version of a text is in force, and which words somebody has read."""

from __future__ import annotations

from datetime import datetime

from django.db.models import QuerySet

from core import clock
from customers.models import ConsentText, ConsentWording, Registration


def in_force(text: ConsentText, at: datetime) -> ConsentWording | None:
    """The newest version that was valid and written down at that moment, by the company's calendar."""
    rows = text.wordings.filter(valid_from__lte=clock.business_date(at), created_at__lte=at)
    return rows.select_related("text").order_by("-valid_from", "-number").first()


def wordings() -> QuerySet[ConsentWording]:
    """All versions of the texts in use, also those that are over: a paper may have been signed long ago."""
    rows = ConsentWording.objects.filter(text__is_active=True).select_related("text")
    return rows.order_by("text", "-number")


def read_by(registration: Registration) -> ConsentWording | None:
    """The version whose words stood beside the box that was ticked."""
    if not registration.shown:
        return None
    rows = ConsentWording.objects.select_related("text").order_by("-number", "-pk")
    return next((row for row in rows if registration.shown.endswith(row.words_in(registration.language))), None)
