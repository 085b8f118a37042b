"""A notice as a letter: made when it goes out, of what its reader may see then."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from core import clock
from core.models import OutboxMail
from followups.selectors import NoticeRow, notice_row, notices_with_names, unread
from followups.services.notices import LETTER

__all__ = ["LETTER", "letter_subject", "letter_text", "letter_wanted"]


def letter_wanted(mail: OutboxMail) -> bool:
    """The gate of letters: not read in the app yet, still to be seen by its reader, and still wished by mail."""
    if mail.user is None or mail.source_id is None:
        return False
    notice = unread(mail.user, muted=True).filter(pk=mail.source_id).first()
    return notice is not None and mail.user.wants_mail(notice.kind)


def letter_subject(mail: OutboxMail) -> str:
    """The sentence, and the customer's name."""
    with _for_its_reader(mail) as row:
        return f"{row.title} · {row.customer.name}" if row.customer else row.title


def letter_text(mail: OutboxMail) -> str:
    """The sentence, what a person typed, and the way to the thing itself."""
    with _for_its_reader(mail) as row:
        parts = [row.title, row.customer.name if row.customer else "", row.typed]
        parts.append(f"{settings.BASE_URL}{row.url or reverse('inbox')}")
        why = _("You get this mail because your profile says so: %(link)s")
        parts.append(why % {"link": f"{settings.BASE_URL}{reverse('profile')}"})
        return "\n\n".join(part for part in parts if part) + "\n"


@contextmanager
def _for_its_reader(mail: OutboxMail) -> Iterator[NoticeRow]:
    """The notice in the reader's language and zone."""
    user, source = mail.user, mail.source_id
    if user is None or source is None:
        raise ValueError("a letter of a notice has a reader and a notice")
    zone = timezone.override(clock.user_zone(user))
    with translation.override(user.language or settings.LANGUAGE_CODE), zone:
        yield notice_row(notices_with_names(user, muted=True).get(pk=source))
