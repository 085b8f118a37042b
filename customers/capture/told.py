"""What the notice of a registration says."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _


def registered_said(numbers: Mapping[str, Any]) -> str:
    """It goes to the owner of the customer it may be of."""
    return _("Somebody who may be this customer filled in a form. Say who it was.")
