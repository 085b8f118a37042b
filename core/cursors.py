"""Where a list goes on: the last row's sort values, signed, so that nobody writes one and nothing odd comes back."""

from typing import Any

from django.core import signing


def pack(values: list[Any], *, of: str) -> str:
    """Text for the address: JSON values of the place in the list named `of`."""
    return signing.dumps(values, salt=f"cursor:{of}")


def unpack(text: str | None, *, of: str) -> list[Any] | None:
    """The values that `pack` was given for the same list; None for any other text."""
    try:
        return signing.loads(text or "", salt=f"cursor:{of}")
    except signing.BadSignature:
        return None
