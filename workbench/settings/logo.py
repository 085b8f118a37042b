"""The company's logo: a picture that somebody has, made into a small one that pages show.

What comes in is never shown as it is: only the pixels are taken, so nothing that a file hides reaches a browser.
"""

from __future__ import annotations

import hashlib
import struct
from dataclasses import dataclass
from io import BytesIO
from typing import IO, TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

if TYPE_CHECKING:
    from PIL.Image import Image

MEGABYTE = 1024 * 1024
MOST_BYTES = 5 * MEGABYTE
MOST_PIXELS = 24_000_000  # a photo of a phone's camera; about 100 MB while it is read
LEAST_SIDE = 24
LARGEST = (480, 160)  # twice as sharp as the largest place where it stands
FORMATS = ("PNG", "JPEG", "WEBP")
LOSSLESS_UPTO = 48 * 1024


@dataclass(frozen=True)
class Logo:
    """The picture as it is stored, and its name, which is another one for another picture."""

    data: bytes
    name: str


def logo_of(upload: IO[bytes], size: int) -> Logo:
    """The picture of an upload, scaled and encoded anew; ValidationError says what is wrong with it."""
    if size > MOST_BYTES:
        text = _("The logo: this file has %(size)s MB, up to %(most)s MB are taken. Save it smaller.")
        raise ValidationError(text % {"size": f"{size / MEGABYTE:.1f}", "most": MOST_BYTES // MEGABYTE})
    from PIL import Image, ImageOps  # noqa: PLC0415 - 10 MB of memory for what happens once

    try:
        with Image.open(upload, formats=FORMATS) as picture:
            _refuse_odd_sizes(picture.width, picture.height)
            picture.draft("RGB", (LARGEST[0] * 2, LARGEST[1] * 2))  # a large JPEG is read small at once
            picture.load()
            try:
                upright = ImageOps.exif_transpose(picture)
            except (struct.error, SyntaxError, TypeError, ValueError):
                upright = picture  # what the camera wrote beside it is broken, the picture isn't
            drawn = upright.convert("RGBA" if upright.has_transparency_data else "RGB")
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
        raise ValidationError(
            _("The logo: this file is no picture in PNG, JPEG or WebP. Save it as PNG and choose that file.")
        ) from error
    drawn.thumbnail(LARGEST, Image.Resampling.LANCZOS)
    data = _encoded(drawn, lossless=True)
    if len(data) > LOSSLESS_UPTO:
        data = _encoded(drawn, lossless=False)
    return Logo(data, f"{hashlib.sha256(data).hexdigest()[:16]}-{drawn.width}x{drawn.height}")


def _refuse_odd_sizes(width: int, height: int) -> None:
    seen = {"width": width, "height": height}
    if width * height > MOST_PIXELS:
        text = _("The logo: %(width)s × %(height)s points are too many. Save it with at most 4,000 on the longer side.")
        raise ValidationError(text % seen)
    if min(width, height) < LEAST_SIDE:
        text = _("The logo: %(width)s × %(height)s points are too few to see anything. At least %(least)s are needed.")
        raise ValidationError(text % {**seen, "least": LEAST_SIDE})


def _encoded(picture: Image, *, lossless: bool) -> bytes:
    made = BytesIO()
    picture.save(made, "WEBP", lossless=lossless, quality=90, method=6)
    return made.getvalue()
