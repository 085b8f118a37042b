"""A notice as a letter, or as a message by another channel: made when it goes out, of what its reader may see then.

Mail says all of it. The other channels pass through other companies' hands: they name the customer and what a person
typed, without numbers that could be a phone's; a text message, which isn't even encrypted, says the reason alone.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime

from django.conf import settings
from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts import reaching
from accounts.models import User
from core import clock
from core.contributions import registry
from core.models import OutboxMail
from core.scrub import without_phones
from followups.models import Notice
from followups.selectors import NoticeRow, notice_row, notices_with_names, unread
from followups.services.notices import DIGEST, LETTER

__all__ = ["DIGEST", "LETTER", "day_waits", "digest_subject", "digest_text", "digest_wanted", "inbox_link"]
__all__ += ["letter_link", "letter_subject", "letter_text", "letter_waits", "letter_wanted"]

Channel = OutboxMail.Channel
LINES = 30  # at most in a morning message; the rest is read in the app


# --- one notice ------------------------------------------------------------------------------------------------------
def letter_wanted(mail: OutboxMail) -> bool:
    """The gate of letters: not read in the app yet, still to be seen by its reader, and still wished this way."""
    if mail.user is None or mail.source_id is None:
        return False
    notice = unread(mail.user, muted=True).filter(pk=mail.source_id).first()
    return notice is not None and reaching.still_wished(mail.user, notice.kind, mail.channel, mail.address)


def letter_waits(mail: OutboxMail) -> datetime | None:
    """Until the reader's quiet hours end, but for what they chose the minute of themselves."""
    notice = Notice.objects.filter(pk=mail.source_id or 0).first()
    if mail.user is None or notice is None or registry().notice_kinds[notice.kind].own_minute:
        return None
    return reaching.quiet_until(mail.user, clock.now())


def day_waits(mail: OutboxMail) -> datetime | None:
    """Until the reader's quiet hours end."""
    return reaching.quiet_until(mail.user, clock.now()) if mail.user else None


def letter_subject(mail: OutboxMail) -> str:
    """The sentence, and the customer's name where the channel names it."""
    with _for_its_reader(mail) as row:
        named = row.customer if mail.channel != Channel.SMS else None
        return f"{row.title} · {named.name}" if named else row.title


def letter_text(mail: OutboxMail) -> str:
    """The sentence, what a person typed, and the way to the thing itself."""
    with _for_its_reader(mail) as row:
        if mail.channel != Channel.MAIL:
            return "" if mail.channel == Channel.SMS else without_phones(row.typed)
        parts = [row.title, row.customer.name if row.customer else "", row.typed]
        parts.append(f"{settings.BASE_URL}{row.url or reverse('inbox')}")
        why = _("You get this mail because your profile says so: %(link)s")
        parts.append(why % {"link": f"{settings.BASE_URL}{reverse('profile')}"})
        return "\n\n".join(part for part in parts if part) + "\n"


def letter_link(mail: OutboxMail) -> str:
    """What the notice is about, behind sign-in."""
    with _for_its_reader(mail) as row:
        return f"{settings.BASE_URL}{row.url or reverse('inbox')}"


def inbox_link(mail: OutboxMail) -> str:
    """Today, or the inbox."""
    return f"{settings.BASE_URL}{reverse('today' if mail.kind == 'day' else 'inbox')}"


# --- one message in the morning --------------------------------------------------------------------------------------
def _of_that_morning(mail: OutboxMail) -> QuerySet[Notice]:
    """What the message of one morning tells by its channel: unread, in reach, wished."""
    user, day = mail.user, date.fromordinal(mail.source_id or 1)
    assert user is not None
    kinds = [kind for kind in registry().notice_kinds if reaching.still_wished(user, kind, mail.channel, mail.address)]
    return unread(user, muted=True).filter(digest_on=day, kind__in=kinds).order_by("due_at", "pk")


def digest_wanted(mail: OutboxMail) -> bool:
    """Something of that morning is still unread."""
    return mail.user is not None and _of_that_morning(mail).exists()


def digest_subject(mail: OutboxMail) -> str:
    """How many there are."""
    with _language_of(mail.user):
        count = _of_that_morning(mail).count()
        return ngettext("%(n)s notice", "%(n)s notices", count) % {"n": count}


def digest_text(mail: OutboxMail) -> str:
    """A line for each, and the way to them; a text message says no more than how many."""
    if mail.channel == Channel.SMS or mail.user is None:
        return ""
    with _language_of(mail.user):
        ids = list(_of_that_morning(mail).values_list("pk", flat=True))
        rows = notices_with_names(mail.user, muted=True).filter(pk__in=ids[:LINES]).order_by("due_at", "pk")
        lines = [_line(notice_row(notice)) for notice in rows]
        if more := len(ids) - len(lines):
            lines.append(_("and %(n)s more") % {"n": more})
        if mail.channel != Channel.MAIL:
            return "\n".join(lines)
        why = _("You get one mail in the morning because your profile says so: %(link)s")
        link = f"{settings.BASE_URL}{reverse('ways')}"
        return "\n".join([*lines, "", inbox_link(mail), "", why % {"link": link}]) + "\n"


def _line(row: NoticeRow) -> str:
    return f"· {row.title} · {row.customer.name}" if row.customer else f"· {row.title}"


@contextmanager
def _language_of(user: User | None) -> Iterator[None]:
    """The reader's language and zone."""
    zone = timezone.override(clock.user_zone(user))
    with translation.override((user.language if user else "") or settings.LANGUAGE_CODE), zone:
        yield


@contextmanager
def _for_its_reader(mail: OutboxMail) -> Iterator[NoticeRow]:
    """The notice in the reader's language and zone."""
    user, source = mail.user, mail.source_id
    if user is None or source is None:
        raise ValueError("a letter of a notice has a reader and a notice")
    with _language_of(user):
        yield notice_row(notices_with_names(user, muted=True).get(pk=source))
