"""Dates, spans, money and shares in the words of the current language and the reader's time zone."""

import datetime as dt
import math
from decimal import ROUND_HALF_UP, Decimal

from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.translation import get_language, ngettext, pgettext
from django.utils.translation import gettext as _

from core.clock import days_since

WEEKDAYS = {
    "zh": ("周一", "周二", "周三", "周四", "周五", "周六", "周日"),
    "en": ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"),
}
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
SYMBOLS = {"CNY": "¥", "USD": "US$", "EUR": "€", "GBP": "£", "JPY": "JP¥", "HKD": "HK$", "TWD": "NT$", "KRW": "₩"}
# ISO 4217 currencies whose minor unit isn't a hundredth.
MINOR_DIGITS = {"JPY": 0, "KRW": 0, "VND": 0, "CLP": 0, "ISK": 0, "BHD": 3, "KWD": 3, "OMR": 3, "JOD": 3, "TND": 3}
DASH = "—"


def chinese() -> bool:
    """True when the page is being written in Chinese."""
    return (get_language() or "").startswith("zh")


def sentences(*texts: object) -> str:
    """Sentences one after the other: a Chinese full stop brings its own room, others are followed by a space."""
    return ("" if chinese() else " ").join(str(text) for text in texts if text)


def local_day(value: dt.date | dt.datetime) -> dt.date:
    """The calendar day of `value` in the reader's zone; a plain date stays as it is."""
    if isinstance(value, dt.datetime):
        return timezone.localtime(value).date() if timezone.is_aware(value) else value.date()
    return value


# --- days ------------------------------------------------------------------------------------------------------------
def day(value: dt.date | dt.datetime | None) -> str:
    """2026-11-21 周六 / 21 Nov 2026; a dash for None."""
    if value is None:
        return DASH
    on = local_day(value)
    if chinese():
        return f"{on:%Y-%m-%d} {WEEKDAYS['zh'][on.weekday()]}"
    return f"{on.day} {MONTHS[on.month - 1]} {on.year}"


def day_short(value: dt.date | dt.datetime | None) -> str:
    """11-21 周六 / Sat 21 Nov in the current year, else the full day."""
    if value is None:
        return DASH
    on = local_day(value)
    if on.year != timezone.localdate().year:
        return day(on)
    if chinese():
        return f"{on:%m-%d} {WEEKDAYS['zh'][on.weekday()]}"
    return f"{WEEKDAYS['en'][on.weekday()]} {on.day} {MONTHS[on.month - 1]}"


def weekday(value: dt.date) -> str:
    """周六 / Sat."""
    return WEEKDAYS["zh" if chinese() else "en"][value.weekday()]


def planned(value: dt.date | None, at: dt.time | None = None, by: bool = False) -> str:
    """A planned day with its time, if it has one: 12-02 周三 15:00 / Wed 2 Dec 15:00; `by`: at the latest then."""
    if not (value and at):
        return day_short(value)
    when = f"{day_short(value)} {clock(at)}"
    return _("by %(when)s") % {"when": when} if by else when


def moment(value: dt.datetime | None) -> str:
    """Day and clock time: 11-21 14:20 / 21 Nov 14:20, with the year when it isn't the current one."""
    if value is None:
        return DASH
    at = timezone.localtime(value)
    other_year = at.year != timezone.localdate().year
    if chinese():
        return f"{at:%Y-%m-%d %H:%M}" if other_year else f"{at:%m-%d %H:%M}"
    year = f" {at.year}" if other_year else ""
    return f"{at.day} {MONTHS[at.month - 1]}{year} {at:%H:%M}"


def clock(value: dt.datetime | dt.time | None) -> str:
    """14:20 in the reader's zone."""
    if value is None:
        return DASH
    return f"{timezone.localtime(value) if isinstance(value, dt.datetime) else value:%H:%M}"


def month(value: dt.date | None) -> str:
    """2026 年 11 月 / Nov 2026."""
    if value is None:
        return DASH
    return f"{value.year} 年 {value.month} 月" if chinese() else f"{MONTHS[value.month - 1]} {value.year}"


def written_day(text: str) -> str:
    """A date kept as text ("2026-11-21") as `day` writes it; other text stays as it is."""
    found = parse_date(str(text))
    return day(found) if found else str(text)


def written_month(text: str) -> str:
    """A date kept as text as `month` writes it; other text stays as it is."""
    found = parse_date(str(text))
    return month(found) if found else str(text)


def month_short(value: dt.date) -> str:
    """11 / Nov, for the foot of a chart."""
    return str(value.month) if chinese() else MONTHS[value.month - 1]


def ago(value: dt.date | dt.datetime | None) -> str:
    """How long ago, in the coarsest unit that still helps: 12 min ago, 3 h ago, yesterday, 34 days ago."""
    if value is None:
        return DASH
    days = days_since(value)
    if days < 0:
        return day_short(value)
    if days == 0 and isinstance(value, dt.datetime):
        return _ago_today(timezone.now() - value)
    if days < 90:
        return days_ago(days)
    if days < 730:
        return ngettext("%(n)s month ago", "%(n)s months ago", days // 30) % {"n": days // 30}
    return ngettext("%(n)s year ago", "%(n)s years ago", days // 365) % {"n": days // 365}


def days_ago(days: int) -> str:
    """today, yesterday, 34 days ago: for sentences; the count is that of `core.clock.days_since`."""
    if days < 2:
        return _("yesterday") if days == 1 else _("today")
    return ngettext("%(n)s day ago", "%(n)s days ago", days) % {"n": days}


def _ago_today(span: dt.timedelta) -> str:
    minutes = int(span.total_seconds()) // 60
    if minutes < 1:
        return _("just now")
    if minutes < 60:
        return _("%(n)s min ago") % {"n": minutes}
    return _("%(n)s h ago") % {"n": minutes // 60}


def due(value: dt.date | None, at: dt.time | None = None, by: bool = False) -> tuple[str, str]:
    """A planned day as (words, tone): overdue = danger, today = accent, none = warn, later = no tone. `by`: the time is
    no appointment, but the latest."""
    if value is None:
        return _("no plan"), "warn"
    days = (local_day(value) - timezone.localdate()).days
    if days < 0:
        return ngettext("%(n)s day overdue", "%(n)s days overdue", -days) % {"n": -days}, "danger"
    if days == 0:
        words = _("today by %(time)s") if by else _("today %(time)s")
        return (words % {"time": clock(at)} if at else _("today")), "accent"
    if days == 1:
        words = _("tomorrow by %(time)s") if by else _("tomorrow %(time)s")
        return (words % {"time": clock(at)} if at else _("tomorrow")), ""
    return planned(value, at, by), ""


def duration(value: dt.timedelta | float | None) -> str:
    """A span (timedelta or seconds) in its two largest units: 1 d 20 h, 3 h 12 min, 8 min, 12 s."""
    if value is None:
        return DASH
    seconds = int(value.total_seconds() if isinstance(value, dt.timedelta) else value)
    if abs(seconds) < 60:
        return _("%(n)s s") % {"n": seconds}
    minutes = abs(seconds) // 60
    days, hours, rest = minutes // 1440, minutes % 1440 // 60, minutes % 60
    if days:
        parts = [_("%(n)s d") % {"n": days}, _("%(n)s h") % {"n": hours} if hours else ""]
    else:
        parts = [_("%(n)s h") % {"n": hours} if hours else "", _("%(n)s min") % {"n": rest} if rest else ""]
    return ("-" if seconds < 0 else "") + " ".join(part for part in parts if part)


def hours_minutes(value: dt.timedelta) -> str:
    """18:46, the face of a running clock; from two days on the words of duration()."""
    seconds = abs(int(value.total_seconds()))
    return duration(seconds) if seconds >= 172_800 else f"{seconds // 3600}:{seconds % 3600 // 60:02d}"


# --- numbers ---------------------------------------------------------------------------------------------------------
def number(value: float | Decimal | None, digits: int = 0) -> str:
    """12,345.6 with thousands separators; a dash for None."""
    return DASH if value is None else f"{value:,.{digits}f}"


def percent(ratio: float | Decimal | None, digits: int = 0) -> str:
    """A share of 1 as 46% or 46.2%. Only all is 100%: nearly all is rounded down, with one digit more."""
    if ratio is None:
        return DASH
    text = f"{ratio * 100:.{digits}f}"
    if float(text) == 100 and ratio < 1:
        step = 10 ** (digits + 1)
        text = f"{math.floor(ratio * 100 * step) / step:.{digits + 1}f}"
    return f"{text.replace('-', '−') if float(text) else text.lstrip('-')}%"


def signed(value: float | None, digits: int = 0) -> str:
    """+12 or −9, with a real minus sign."""
    if value is None:
        return DASH
    return f"{value:+,.{digits}f}".replace("-", "−")


def major(minor: int, currency: str) -> Decimal:
    """Minor units (cents) as an exact amount in the currency itself."""
    return Decimal(minor).scaleb(-minor_digits(currency))


def minor(amount: Decimal | float, currency: str) -> int:
    """An amount in the currency itself as minor units, rounded half up."""
    return int(Decimal(amount).scaleb(minor_digits(currency)).quantize(Decimal(1), ROUND_HALF_UP))


def minor_digits(currency: str) -> int:
    """Decimals of the minor unit: 2 for CNY, 0 for JPY."""
    return MINOR_DIGITS.get(currency, 2)


def symbol(currency: str) -> str:
    """¥, US$ ...; a currency without a sign of its own keeps its code and a space."""
    return SYMBOLS.get(currency, f"{currency} ")


def money(minor: int | None, currency: str = "CNY") -> str:
    """Minor units in full: ¥12,345 or ¥12,345.50; negative amounts as −¥38."""
    if minor is None:
        return DASH
    amount = major(abs(minor), currency)
    digits = 0 if amount == amount.to_integral_value() else minor_digits(currency)
    return f"{'−' if minor < 0 else ''}{symbol(currency)}{amount:,.{digits}f}"


def money_round(minor: int | None, currency: str = "CNY") -> str:
    """Minor units rounded to whole units, for columns of large sums."""
    if minor is None:
        return DASH
    amount = major(abs(minor), currency).quantize(Decimal(1), ROUND_HALF_UP)
    return f"{'−' if minor < 0 and amount else ''}{symbol(currency)}{amount:,}"


def money_short(minor: int | None, currency: str = "CNY") -> str:
    """Figure cards and axes: ¥128.6 万, ¥1.2 亿 in Chinese, ¥1.29M, ¥128.6k in English; small amounts in full."""
    if minor is None:
        return DASH
    amount = major(abs(minor), currency)
    steps = ((10**8, " 亿", 2), (10**4, " 万", 1)) if chinese() else ((10**6, "M", 2), (10**4, "k", 1))
    for size, unit, digits in steps:
        if amount >= size:
            # 万 after 10,000,000: whole units are exact enough and shorter.
            scaled = amount / (1000 if unit == "k" else size)
            text = f"{scaled:,.{0 if scaled >= 1000 else digits}f}"
            return f"{'−' if minor < 0 else ''}{symbol(currency)}{_trimmed(text)}{unit}"
    return money_round(minor, currency)


def _trimmed(text: str) -> str:
    return text.rstrip("0").rstrip(".") if "." in text else text


def initials(name: str) -> str:
    """What stands in an avatar: the first character of a Chinese name, else up to two capitals."""
    name = name.strip()
    if not name:
        return "?"
    if ord(name[0]) > 0x2E7F:
        return name[0]
    words = name.split()
    return (words[0][0] + (words[-1][0] if len(words) > 1 else "")).upper()


def listed(items: list[str]) -> str:
    """a, b, c / a、b、c."""
    return pgettext("between list items", ", ").join(items)


def labelled(label: object, text: object) -> str:
    """label: text / label：text."""
    return f"{label}{pgettext('after a label', ': ')}{text}"


def size(count: int) -> str:
    """Of a file or many: 812 KB, 2.4 MB, 19.5 GB."""
    if count >= 1000 * 1024 * 1024:
        return f"{count / 1024 / 1024 / 1024:.1f} GB"
    return f"{count / 1024 / 1024:.1f} MB" if count >= 1000 * 1024 else f"{max(1, round(count / 1024))} KB"
