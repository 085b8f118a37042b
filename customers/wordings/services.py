"""Texts that people agree to: added, given another version, retired and restored. No version is ever written over."""

from __future__ import annotations

from datetime import date

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts import audit
from accounts.models import User
from core.texts import unseen
from customers.identity import tidy
from customers.models import ConsentText, ConsentWording
from customers.words import name_key

TEXT_ACTS = ("consent_text.create", "consent_text.version", "consent_text.retire", "consent_text.restore")


@transaction.atomic
def consent_text_add(
    *,
    by: User,
    name_en: str,
    name_zh: str,
    words_en: str,
    words_zh: str,
    valid_from: date,
    channel: str = "",
    topic: str = "",
) -> ConsentText:
    """A new text with its first version."""
    names = {"name_en": tidy(name_en), "name_zh": tidy(name_zh)}
    others = list(ConsentText.objects.select_for_update())
    taken = {name_key(name) for other in others for name in (other.name_en, other.name_zh)}
    errors = {name: _("Give it a name.") for name, value in names.items() if unseen(value)}
    for name, value in names.items():
        if name_key(value) in taken:
            errors[name] = _("Another text is called so already. Choose another name, or add a version to that one.")
    if errors:
        raise ValidationError(errors)
    made = ConsentText.objects.create(channel=channel, topic=topic, created_by=by, updated_by=by, **names)
    _version(made, 1, words_en, words_zh, valid_from, by)
    audit.record("consent_text.create", by=by, on=made)
    return made


@transaction.atomic
def consent_text_version(
    *, text: ConsentText, by: User, words_en: str, words_zh: str, valid_from: date
) -> ConsentWording:
    """Another version; what was agreed to by earlier ones refers to those."""
    ConsentText.objects.select_for_update().get(pk=text.pk)
    last = text.wordings.order_by("-number").first()
    if last is not None and valid_from < last.valid_from:
        words = _("Version %(number)s holds from %(day)s on. Choose that day or a later one.")
        raise ValidationError({"valid_from": words % {"number": last.number, "day": last.valid_from}})
    if last is not None and (last.words_en, last.words_zh) == (words_en.strip(), words_zh.strip()):
        raise ValidationError(_("These are the words of the last version. Nothing was saved."))
    made = _version(text, last.number + 1 if last else 1, words_en, words_zh, valid_from, by)
    audit.record("consent_text.version", by=by, on=text, wording=made.number)
    return made


def _version(
    text: ConsentText, number: int, words_en: str, words_zh: str, valid_from: date, by: User
) -> ConsentWording:
    return ConsentWording.objects.create(
        text=text,
        number=number,
        words_en=words_en.strip(),
        words_zh=words_zh.strip(),
        valid_from=valid_from,
        created_by=by,
        updated_by=by,
    )


@transaction.atomic
def consent_text_retire(*, text: ConsentText, by: User) -> None:
    """Offered no more; forms that name it go on with it, and its versions stay readable."""
    if ConsentText.objects.filter(pk=text.pk, is_active=True).update(is_active=False):
        audit.record("consent_text.retire", by=by, on=text)


@transaction.atomic
def consent_text_restore(*, text: ConsentText, by: User) -> None:
    """Offer it again."""
    if ConsentText.objects.filter(pk=text.pk, is_active=False).update(is_active=True):
        audit.record("consent_text.restore", by=by, on=text)
