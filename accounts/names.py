"""Sign-in names in one spelling: what is stored, looked up, counted by the throttle and compared by forms and
files; and by what people are sorted."""

import unicodedata

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.encoding import punycode
from django.utils.translation import gettext as _

from core.phones import normal_mobile
from core.texts import by_pinyin

MAX_LENGTH = 254
SORT_LENGTH = 200


def normal_email(text: str) -> str:
    """`wang@example.com` for ` WANG@ｅxample.com`; raises ValidationError, with the cure, for what is no address.

    Unicode has several characters for one letter (ſ for s, full-width ones), and the database and Python don't agree
    on how to put all of them into lower case. So the part before @ is ASCII, and a domain of another script is kept
    in the ASCII form under which mail servers know it.
    """
    local, _at, domain = unicodedata.normalize("NFKC", text).strip().rpartition("@")
    if not local.isascii():
        raise ValidationError(_("Before the @, use only Latin letters without accents, digits and signs."))
    try:
        email = f"{local}@{punycode(domain)}".lower()
    except UnicodeError:
        email = ""
    try:
        validate_email(email)
    except ValidationError:
        raise ValidationError(_("This isn't an e-mail address. Example: wang@example.com.")) from None
    if len(email) > MAX_LENGTH:
        raise ValidationError(_("This e-mail address is too long: at most %(n)s characters.") % {"n": MAX_LENGTH})
    return email


def normal_name(text: str) -> str:
    """The one spelling of what somebody typed to sign in: an address, a mobile number, else the text in lower case."""
    typed = unicodedata.normalize("NFKC", text).strip()
    if "@" not in typed:
        return normal_mobile(typed) or typed.lower()[:MAX_LENGTH]
    try:
        return normal_email(typed)
    except ValidationError:
        return typed.lower()[:MAX_LENGTH]


def sorted_by(name: str) -> str:
    """What is stored beside the name of a person, so that the database sorts Chinese names as they are spoken."""
    return by_pinyin(name)[:SORT_LENGTH]
