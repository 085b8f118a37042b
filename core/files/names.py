"""Names of files, as people gave them: shown and written into headers, never a place on the disk."""

from __future__ import annotations

import unicodedata

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

LONGEST = 150
# Signs that show nothing and turn the reading direction or hide what follows ("invoice[U+202E]fdp.exe").
HIDDEN = ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp")


def checked_name(name: str) -> str:
    """The name in one spelling; ValidationError for one that is too long or hides something."""
    tidy = unicodedata.normalize("NFC", name).strip()
    shown = _shown(tidy)
    if any(unicodedata.category(sign) in HIDDEN for sign in tidy):
        raise _refused(
            _("%(name)s: the file's name holds a hidden character or a line break. Give it another name."), shown
        )
    if "/" in tidy or "\\" in tidy:
        raise _refused(_("%(name)s: a file's name has no slash. Give it another name."), shown)
    if len(tidy) > LONGEST:
        text = _("%(name)s: the file's name is too long. Give it one of at most %(most)s characters.")
        raise ValidationError(text % {"name": shown, "most": LONGEST})
    if not tidy.strip("."):
        raise ValidationError(_("The file has no name. Give it one and choose it again."))
    return tidy


def ending_of(name: str) -> str:
    """What stands behind the last dot, in small letters."""
    return name.rpartition(".")[2].lower() if "." in name else ""


def _shown(name: str) -> str:
    """The beginning of the name, with what hides in it made visible."""
    visible = "".join("·" if unicodedata.category(sign) in HIDDEN else sign for sign in name)
    return visible if len(visible) <= 40 else f"{visible[:40]}…"


def _refused(text: str, name: str) -> ValidationError:
    return ValidationError(text % {"name": name})
