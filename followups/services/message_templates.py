"""Templates of messages: written, changed, and taken in and out of use."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts import audit
from accounts.models import User
from core.versions import save_version
from followups.messages.variables import unknown
from followups.models import MessageTemplate

FIELDS = ("name_en", "name_zh", "purpose", "channel", "stage", "frequency", "tiers", "topic", "automatic", "is_active")
TEXTS = ("subject_en", "subject_zh", "body_en", "body_zh")


@transaction.atomic
def template_add(*, by: User, **values: Any) -> MessageTemplate:
    """A new template; `values` are some of FIELDS and TEXTS. ValidationError names a variable that there isn't."""
    _check(values)
    made = MessageTemplate.objects.create(created_by=by, updated_by=by, **values)
    audit.record("template.add", by=by, on=made, **_told(made))
    return made


@transaction.atomic
def template_change(*, template: MessageTemplate, changes: dict[str, Any], version: int, by: User) -> None:
    """Write over the version that was read. What was sent keeps its words, and says which version they are from."""
    _check({name: getattr(template, name) for name in TEXTS} | changes)
    save_version(template, changes, version=version, by=by)
    audit.record("template.change", by=by, on=template, fields=sorted(changes), **_told(template))


def _told(template: MessageTemplate) -> dict[str, Any]:
    told = {"purpose": template.purpose, "message_channel": template.channel, "topic": template.topic}
    return {name: value for name, value in told.items() if value}


def _check(texts: dict[str, Any]) -> None:
    """Refuse names that are no variables, and a template without a text."""
    wrong: dict[str, str] = {}
    for name in TEXTS:
        if names := unknown(texts.get(name) or ""):
            shown = ", ".join(names)
            wrong[name] = _("There is no variable %(names)s. Choose one of the list below.") % {"names": shown}
    if not (texts.get("body_en") or texts.get("body_zh")):
        wrong["body_zh"] = _("Write the text in at least one language.")
    if wrong:
        raise ValidationError(wrong)
