"""Own fields as lines of the audit log name them."""

from __future__ import annotations

from collections.abc import Sequence

from customers.models import own_fields
from ui import formatting


def own_field_names(codes: Sequence[str]) -> str:
    """The fields of a change by their names; one that isn't in use any more by its code."""
    names = {field.code: field.name for field in own_fields()}
    return formatting.listed([names.get(code, code) for code in codes])
