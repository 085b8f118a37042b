"""Names of fields in lines of the audit log."""

from __future__ import annotations

from typing import Any

from customers.verification.rule import VERIFIABLE, label_of
from ui import formatting


def verified_fields(names: Any) -> str:
    """What the fields are called."""
    return formatting.listed([str(label_of(name)) for name in names if name in VERIFIABLE])
