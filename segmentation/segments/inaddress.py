"""Conditions that stand in the address of a list, `?where=`: a segment that nobody has saved.

The tree is packed, as an address has no room for it otherwise; whoever gets the address reads it anew, in their own
reach and by their own rights. One that can't be read or answered means nobody and says why, as a saved one does.
"""

from __future__ import annotations

import binascii
import json
import zlib
from base64 import urlsafe_b64decode, urlsafe_b64encode
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _

from accounts.models import User
from segmentation.segments import tree
from segmentation.segments.fields import fields
from segmentation.segments.narrowing import NOBODY, Narrowed
from segmentation.segments.selectors import SegmentUnusableError, readings, where
from segmentation.segments.tree import Group
from segmentation.segments.words import code_words, in_brief, why_unusable

PARAMETER = "where"
LONGEST = 1500  # beyond, some browsers and mail programs cut an address
MOST_BYTES = 65_536  # of the tree unpacked


class TooLongForAddressError(Exception):
    """There are so many conditions that they are better saved."""


def packed(whole: Group) -> str:
    """A tree as the value of the parameter."""
    text = json.dumps(tree.stored(whole), ensure_ascii=False, separators=(",", ":"))
    found = urlsafe_b64encode(zlib.compress(text.encode(), 9)).decode().rstrip("=")
    if len(found) > LONGEST:
        raise TooLongForAddressError
    return found


def unpacked(text: str) -> Any:
    """What the parameter holds, to be read by tree.py; None of anything that isn't a packed tree."""
    try:
        packed_bytes = urlsafe_b64decode(text[:LONGEST] + "=" * (-len(text[:LONGEST]) % 4))
        return json.loads(zlib.decompressobj().decompress(packed_bytes, MOST_BYTES))
    except (ValueError, binascii.Error, zlib.error, RecursionError):
        return None


def narrowed_by(user: User, text: str) -> Narrowed:
    """What `?where=` says."""
    if not user.can("segment.view"):
        return Narrowed(None, NOBODY, called=_("not yours to ask"))
    reading = readings(user, [unpacked(text)])[0]
    codes = code_words(user, [reading.tree])
    called = in_brief(reading.tree, codes, reading.hidden)
    try:
        meant: Q = where(user, reading)
    except SegmentUnusableError:
        return Narrowed(None, NOBODY, why_unusable(reading, codes), called or _("Conditions"))
    known = fields()
    secret = any(known[of].mask for of in tree.asked(reading.tree))
    return Narrowed(None, meant, called=called, confidential=secret)
