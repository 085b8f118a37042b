"""Rules for passwords beyond Django's own: no word of the company with a few signs around it."""

import re
import secrets
from typing import Any

from django.contrib.auth.password_validation import MinimumLengthValidator
from django.contrib.auth.tokens import PasswordResetTokenGenerator
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import User
from core import company

OWN_LETTERS = 8
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


class ContextWordsValidator:
    """Refuses passwords that are little more than the product's or the company's name."""

    def validate(self, password: str, user: Any = None) -> None:
        rest = password.lower()
        for word in _context_words():
            rest = rest.replace(word, "")
        if rest != password.lower() and len(re.sub(r"[\W\d_]", "", rest)) < OWN_LETTERS:
            raise ValidationError(self.get_help_text(), code="password_context")

    def get_help_text(self) -> str:
        return _("Choose something other than the company's name with a few signs.")


def _context_words() -> list[str]:
    words = {"keben", "客本", "password", *re.split(r"\W+", company.company().name.lower())}
    return sorted((word for word in words if len(word) >= 2), key=len, reverse=True)


def temporary() -> str:
    """A random password for the first sign-in, easy to read aloud: four groups of four."""
    return "-".join("".join(secrets.choice(ALPHABET) for _ in range(4)) for _ in range(4))


class ResetTokens(PasswordResetTokenGenerator):
    """Tokens for the reset link: one use, dead after a sign-in, a new e-mail, a deactivation or 60 minutes."""

    def _make_hash_value(self, user: User, timestamp: int) -> str:
        return f"{super()._make_hash_value(user, timestamp)}{user.session_epoch}{user.is_active}"


reset_tokens = ResetTokens()
