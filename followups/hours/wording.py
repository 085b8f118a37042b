"""What is said where a person is away or doesn't work on a day."""

from __future__ import annotations

from datetime import date

from django.utils.translation import gettext as _

from accounts.models import User
from followups.hours.days import person_days
from ui import formatting


def day_off_words(person: User, day: date, *, reader: User) -> str:
    """ "You're away on that day, until Fri 18 Dec."; nothing on a day that they work or that is off for everybody."""
    own = person_days(person.pk)
    if not own.is_own_day_off(day):
        return ""
    words = {"name": person.name, "day": formatting.day_short(day)}
    away, yours = own.away_on(day), person.pk == reader.pk
    if away is None:
        said = _("You don't work on %(day)s.") if yours else _("%(name)s doesn't work on %(day)s.")
        return said % words
    words |= {"until": formatting.day_short(away.last)}
    if yours:
        return _("You're away on %(day)s, until %(until)s.") % words
    return _("%(name)s is away on %(day)s, until %(until)s.") % words
