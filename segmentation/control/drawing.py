"""Who is left out: drawn by a hash, so that nobody can choose and everybody can check."""

from __future__ import annotations

from hashlib import sha256

PARTS = 2**32


def number_of(hold_out: int, customer: int) -> int:
    """The first 32 bits of SHA-256 of "HOLDOUT:CUSTOMER", both ids in decimal."""
    return int.from_bytes(sha256(f"{hold_out}:{customer}".encode()).digest()[:4], "big")


def is_held(hold_out: int, customer: int, share: int) -> bool:
    """Whether a hold-out of `share` per cent leaves this customer out."""
    return number_of(hold_out, customer) * 100 < share * PARTS
