"""What the review says to people: in notices."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from ui import formatting


def review_said(numbers: Mapping[str, Any]) -> str:
    """Which sheet is to be signed."""
    said = {"month": formatting.written_month(numbers["month"]), "team": numbers["team"]}
    return _("The review of data quality of %(team)s for %(month)s is to be signed off") % said
