"""Pictures are made anew of their pixels: where they were taken, by whom, and whatever else a file hides, stays behind.

Together with each a small one is made, which pages show.
"""

from __future__ import annotations

import struct
import threading
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from core.files.checks import FileRefusedError

if TYPE_CHECKING:
    from PIL.Image import Image

LONGEST_SIDE = 3000  # enough to read a contract
SMALL_SIDE = 360  # of the small one
MOST_PIXELS = 24_000_000
MOST_PIXELS_JPEG = 64_000_000  # read at a fraction of its size at once; a progressive one is whole in memory
QUALITY, QUALITY_SMALL = 88, 76
AT_ONCE = threading.BoundedSemaphore(2)  # each takes up to some 150 MB while it is made


@dataclass(frozen=True)
class Picture:
    """A picture made anew, and its small one in WebP."""

    data: bytes
    small: bytes
    width: int
    height: int


def made_anew(path: Path, code: str, name: str) -> Picture:
    """The picture in the file, upright, in the same format; ValidationError for one that is damaged or too large."""
    from PIL import Image, ImageOps  # noqa: PLC0415 - 10 MB of memory for who never gets a picture

    with AT_ONCE:
        try:
            with Image.open(path, formats=[code.upper()]) as picture:
                _refuse_too_large(picture, code, name)
                picture.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))
                picture.load()
                try:
                    upright = ImageOps.exif_transpose(picture)
                except (struct.error, SyntaxError, TypeError, ValueError, KeyError):
                    upright = picture  # what the camera wrote beside it is broken, the picture isn't
                sees_through = upright.has_transparency_data and code != "jpeg"
                drawn = upright.convert("RGBA" if sees_through else "RGB")
        except ValidationError:
            raise
        except (OSError, SyntaxError, ValueError, TypeError, LookupError, ArithmeticError, EOFError) as error:
            if isinstance(error, OSError) and error.errno:  # the disk's fault
                raise
            raise FileRefusedError("broken", name) from error
        except (struct.error, Image.DecompressionBombError) as error:
            raise FileRefusedError("broken", name) from error
        drawn.info.clear()  # what Pillow would write again: colour profiles, comments, EXIF
        drawn.thumbnail((LONGEST_SIDE, LONGEST_SIDE), Image.Resampling.LANCZOS)
        size, data = drawn.size, _encoded(drawn, code.upper(), QUALITY)
        drawn.thumbnail((SMALL_SIDE, SMALL_SIDE), Image.Resampling.LANCZOS)
        return Picture(data, _encoded(drawn, "WEBP", QUALITY_SMALL), *size)


def _refuse_too_large(picture: Image, code: str, name: str) -> None:
    whole = code != "jpeg" or picture.info.get("progressive")
    most = MOST_PIXELS if whole else MOST_PIXELS_JPEG
    if picture.width * picture.height > most:
        text = _(
            "%(name)s: %(width)s × %(height)s points are too many. Save it with at most 4,000 on the longer side and "
            "choose that file."
        )
        raise ValidationError(text % {"name": name, "width": picture.width, "height": picture.height}, code="pixels")


def _encoded(picture: Image, form: str, quality: int) -> bytes:
    made = BytesIO()
    picture.save(made, form, **({} if form == "PNG" else {"quality": quality}))
    return made.getvalue()
