"""What the company says of everybody's calendar: how much a day holds, and on which day a week begins."""

from __future__ import annotations

from django.utils.translation import get_language

from core.memo import Memo
from followups.calendar.span import MONDAY, SUNDAY, View
from followups.models import CalendarSetting

_STARTS = {CalendarSetting.WeekStart.MONDAY: MONDAY, CalendarSetting.WeekStart.SUNDAY: SUNDAY}

calendar_setting: Memo[CalendarSetting] = Memo(lambda: CalendarSetting.objects.first() or CalendarSetting(pk=1))


def week_starts(view: View) -> int | None:
    """The weekday with which the reader's week begins: what the company says, else what their language is used to.

    None: the company's week is the seven days from today on. Months are drawn by the weeks of the language then.
    """
    said = CalendarSetting.WeekStart(calendar_setting().week_start)
    if said == CalendarSetting.WeekStart.TODAY and view == View.WEEK:
        return None
    by_language = MONDAY if (get_language() or "").startswith("zh") else SUNDAY
    return _STARTS.get(said, by_language)
