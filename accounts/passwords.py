"""Rules for passwords: long enough, not of a few characters, not guessed soon. And temporary ones."""

import re
import secrets
import unicodedata
from typing import Any

from django.contrib.auth.password_validation import MinimumLengthValidator
from django.contrib.auth.tokens import PasswordResetTokenGenerator
from django.core.exceptions import ValidationError
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.commonwords import WORDS
from accounts.models import User
from core import company

DIFFERENT = 5
OWN_LENGTH = 4  # shorter names stand in other words by chance
OTHER_LETTERS = 8
GUESSES = 1e10
BARE_GUESSES = 1e6  # without signs, which guessers put in as a matter of course
LONGEST_JUDGED = 72  # the work grows with the square
# Without look-alikes: a temporary password is read from paper.
ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"


class LengthValidator(MinimumLengthValidator):
    """Django's rule in our words: its own text has changed since its Chinese translation was made."""

    def get_error_message(self) -> str:
        return ngettext(
            "Too short. Use at least %(n)s character.", "Too short. Use at least %(n)s characters.", self.min_length
        ) % {"n": self.min_length}

    def get_help_text(self) -> str:
        return self.get_error_message()


class VarietyValidator:
    """Refuses passwords of a few characters again and again."""

    def validate(self, password: str, user: Any = None) -> None:
        if len(set(password.casefold())) < DIFFERENT:
            raise ValidationError(self.get_help_text(), code="password_variety")

    def get_help_text(self) -> str:
        return _("Use at least %(n)s different characters.") % {"n": DIFFERENT}


class GuessesValidator:
    """Refuses what is guessed soon: runs, repeats, common words with signs, and words about the person or the company.

    zxcvbn tells how many guesses somebody needs who tries likely passwords first.
    """

    def validate(self, password: str, user: Any = None) -> None:
        own = _own_words(user)
        if _is_mostly(password, own):
            raise ValidationError(_of_ones_own(), code="password_own")
        found = _guesses(password, own)
        if found["guesses"] < GUESSES or _guesses(_bare(password), own)["guesses"] < BARE_GUESSES:
            raise ValidationError(_why(found["sequence"], own), code="password_guesses")

    def get_help_text(self) -> str:
        return _("No run or repeat, no common word with a few signs, and nothing about you or the company.")


def _guesses(password: str, own: list[str]) -> dict[str, Any]:
    # Its lists of words take 0.2 seconds to load, and most processes never set a password.
    from zxcvbn import zxcvbn  # noqa: PLC0415

    plain = unicodedata.normalize("NFKC", password)[:LONGEST_JUDGED]
    return zxcvbn(plain, user_inputs=[*own, *WORDS]) if plain else {"guesses": 0, "sequence": []}


def _is_mostly(password: str, own: list[str]) -> bool:
    """Whether few letters are left without the words of the person and the company."""
    rest = password.lower()
    for word in sorted(own, key=len, reverse=True):
        if len(word) >= OWN_LENGTH or not word.isascii():
            rest = rest.replace(word, "")
    return rest != password.lower() and len(re.sub(r"[\W\d_]", "", rest)) < OTHER_LETTERS


def _bare(password: str) -> str:
    """Without what is put between and around words: `Admin@2024!!` and `wel-come-123` are their words."""
    return re.sub(r"[\W_]", "", password)


def _why(parts: list[dict[str, Any]], own: list[str]) -> str:
    """The sentence for the part that makes up most of the password."""
    known = [part for part in parts if part["pattern"] != "bruteforce"]
    most = max(known, key=lambda part: len(part["token"]), default={"pattern": ""})
    if most["pattern"] in ("repeat", "sequence", "spatial"):
        return _(
            "Too easy to guess: mostly a run or a repeat. A sentence of your own, or four words by chance, is safer."
        )
    if most.get("dictionary_name") == "user_inputs" and most["matched_word"] in own:
        return _of_ones_own()
    return _(
        "Too easy to guess: mostly a common word, a date or digits. "
        "A sentence of your own, or four words by chance, is safer."
    )


def _of_ones_own() -> str:
    return _(
        "Too easy to guess: mostly a name, an address or a number of yours or of the company. "
        "A sentence of your own, or four words by chance, is safer."
    )


def _own_words(user: Any) -> list[str]:
    """Names, addresses and numbers of the company and of the person, in lower case; also the name in pinyin."""
    from pypinyin import lazy_pinyin  # noqa: PLC0415 - 55 MB, which an idle worker needn't hold

    name, email, mobile = (getattr(user, field, None) or "" for field in ("name", "email", "mobile"))
    words = {"keben", "客本", *re.split(r"\W+", company.company().name.lower())}
    words |= {name.lower(), "".join(lazy_pinyin(name)).lower(), *lazy_pinyin(name), *re.split(r"\W+", name.lower())}
    words |= {email, *re.split(r"[\W_]+", email)}
    words |= {mobile[-digits:] for digits in (7, 8, 11) if len(mobile) >= digits} | {mobile.lstrip("+")}
    return sorted(word for word in words if len(word) >= 2)


def temporary(key: str = "") -> str:
    """A password for the first sign-in, easy to read aloud: four groups of four.

    With the key of a form the same one each time, so that a form sent twice shows what it showed first; else random.
    """
    number = int(salted_hmac("temporary password", key, algorithm="sha256").hexdigest(), 16) if key else 0
    letters = []
    for _n in range(16):
        number, place = divmod(number, len(ALPHABET)) if key else (0, secrets.randbelow(len(ALPHABET)))
        letters.append(ALPHABET[place])
    return "-".join("".join(letters[start : start + 4]) for start in range(0, 16, 4))


class ResetTokens(PasswordResetTokenGenerator):
    """Tokens for the reset link: one use, dead after a sign-in, a new e-mail, a deactivation or 60 minutes."""

    def _make_hash_value(self, user: User, timestamp: int) -> str:
        return f"{super()._make_hash_value(user, timestamp)}{user.session_epoch}{user.is_active}"


reset_tokens = ResetTokens()
