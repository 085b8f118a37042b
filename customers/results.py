"""What a result is called, depending on the method: who is visited is met, who is written to answers."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from customers.models import InteractionKind, InteractionResult

MEETINGS = (InteractionKind.VISIT, InteractionKind.MEETING)
MESSAGES = (InteractionKind.EMAIL, InteractionKind.SMS, InteractionKind.WECHAT, InteractionKind.CHAT)
MET: dict[str, Promise] = {InteractionResult.REACHED: _("met"), InteractionResult.NO_ANSWER: _("not met")}
ANSWERED: dict[str, Promise] = {
    InteractionResult.REACHED: _("answered"),
    InteractionResult.NO_ANSWER: _("sent, no reply"),
}
WORDS: dict[str, dict[str, Promise]] = {**dict.fromkeys(MEETINGS, MET), **dict.fromkeys(MESSAGES, ANSWERED)}


def result_word(kind: str, result: str) -> str:
    """The result of a contact by this method in words; nothing for a note without one."""
    usual = dict(InteractionResult.choices).get(result, result)
    return str(WORDS.get(kind, {}).get(result, usual))
