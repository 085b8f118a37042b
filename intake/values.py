"""Cells of imported files as numbers, moments and words. Pure of the database; errors are sentences for people.

Every pattern here is linear and looks at `LONGEST` characters at most: a cell is written by a stranger.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import ROUND_HALF_UP, Decimal
from zoneinfo import ZoneInfo

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core import clock
from core.refusals import BadCellError
from core.texts import JOINERS, mail_address, unseen
from intake.tables.cells import damaged_number

OLDEST = 1900
ANY_CURRENCY = "*"
DAMAGED = gettext_lazy("“%(value)s” was damaged by a spreadsheet; export the column as text.")
LONGEST = 60  # characters of a number or date as people write them
LONGEST_TEXT = 20_000
_SIGNS = str.maketrans({"−": "-", "\u2010": "-", "\u2011": "-", "\u2013": "-", "，": ",", "．": ".", "：": ":"})
_SURNAME_FIRST = re.compile("[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\uf900-\ufaff\U00020000-\U0003ffff]")


# What people and programs write into a cell that has nothing to say; as a number it would be one customer for all.
_FILLERS = """
    - -- --- — —— – / \\ 无 暂无 空 (空) （空） (空白)
    N/A n/a NULL null Null (null) \\N None none NaN nan NaT undefined
"""
FILLERS = frozenset(_FILLERS.split())
ZEROS = frozenset(["0", "0.0", "0.00"])
_ERRORS = "#N/A #REF! #VALUE! #DIV/0! #NAME? #NULL! #NUM! #SPILL! #CALC!"
ERRORS = frozenset(_ERRORS.split())  # of formulas


def error_refused(text: str) -> BadCellError:
    """Why a cell of `ERRORS` can't be read."""
    return BadCellError(
        _("“%(value)s” is an error of a formula. Correct the formula, or empty the cell.") % {"value": text}
    )


def plain(text: str) -> str:
    """Full-width digits and signs as their usual forms, without blanks around."""
    return unicodedata.normalize("NFKC", text).translate(_SIGNS).strip()


def shown(text: str) -> str:
    """The beginning of a cell as it may stand in a sentence, which is stored."""
    return "".join(c if c.isprintable() else " " for c in text[:LONGEST]).strip()


# --- numbers ---------------------------------------------------------------------------------------------------------
_GROUPED = re.compile(r"\d{1,3}([, '])\d{3}(?:\1\d{3})*(?:\.\d*)?")
_PLAIN = re.compile(r"(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d{1,2})?")
_DOLLARS = frozenset({"USD", "HKD", "TWD", "SGD", "AUD", "CAD", "NZD", "MXN", "MOP", "BRL", "CLP", "COP", "ARS"})
# What people write beside a figure, and whose money it may be.
_MONEY = {
    "¥": {"CNY", "JPY"}, "元": {"CNY", "TWD", "HKD", "MOP"}, "圆": {"CNY"}, "块": {"CNY"}, "rmb": {"CNY"},
    "cn¥": {"CNY"}, "人民币": {"CNY"}, "人民币元": {"CNY"}, "円": {"JPY"}, "jp¥": {"JPY"}, "日元": {"JPY"},
    "$": _DOLLARS, "us$": {"USD"}, "美元": {"USD"}, "美金": {"USD"}, "hk$": {"HKD"}, "港币": {"HKD"}, "港元": {"HKD"},
    "nt$": {"TWD"},
    "新台币": {"TWD"}, "s$": {"SGD"}, "a$": {"AUD"}, "au$": {"AUD"}, "c$": {"CAD"}, "ca$": {"CAD"}, "nz$": {"NZD"},
    "r$": {"BRL"}, "€": {"EUR"}, "欧元": {"EUR"}, "£": {"GBP"}, "英镑": {"GBP"}, "₩": {"KRW"}, "원": {"KRW"},
    "韩元": {"KRW"}, "₹": {"INR"}, "rs": {"INR"}, "rs.": {"INR"}, "฿": {"THB"}, "泰铢": {"THB"}, "₫": {"VND"},
    "đ": {"VND"}, "₱": {"PHP"}, "rp": {"IDR"}, "rm": {"MYR"}, "₽": {"RUB"}, "卢布": {"RUB"}, "₺": {"TRY"},
    "₴": {"UAH"}, "zł": {"PLN"}, "kč": {"CZK"}, "kr": {"SEK", "NOK", "DKK"}, "fr": {"CHF"}, "fr.": {"CHF"},
    "瑞郎": {"CHF"}, "₪": {"ILS"}, "﷼": {"SAR"}, "r": {"ZAR"}, "ft": {"HUF"}, "aed": {"AED"},
}  # fmt: skip
_CODES = frozenset(code for codes in _MONEY.values() for code in codes)
_TIMES = {"千": 3, "仟": 3, "万": 4, "萬": 4, "亿": 8, "億": 8}
# Words that count single things or measures. Not 打 or dozen: those would say another number.
_UNITS = """
    个 件 盒 箱 包 袋 瓶 台 套 只 支 枝 条 张 把 双 份 本 册 块 片 桶 罐 听 卷 组 枚 颗 粒 辆 部 副 顶
    根 株 盆 束 串 杯 碗 坛 间 位 人 次 天 晚 月 年 吨 千克 公斤 斤 克 米 升 毫升 kg g l ml m t
    pc pcs piece pieces ea each unit units box boxes set sets pack packs bag bags bottle bottles pair pairs roll rolls
"""
UNITS = frozenset(_UNITS.split())


def number(text: str, currency: str = "") -> Decimal:
    """1234.5 from `1,234.50`, `¥1234.5`, `(12)` = -12, `1.28万` = 12800, full-width digits.

    Never guesses a decimal comma. A currency beside the figure must be `currency`, that of the file.
    """
    return _figure(text, currency, frozenset())


def quantity(text: str) -> Decimal:
    """A number that may name what it counts: 2 from `2盒` or `2 pcs`."""
    return _figure(text, "", UNITS)


def _figure(text: str, currency: str, units: frozenset[str]) -> Decimal:
    if len(text) > LONGEST:
        raise _no_number(text)
    bare = plain(text)
    bracketed = bare.startswith("(") and bare.endswith(")")
    minus, bare = _sign(bare[1:-1].strip() if bracketed else bare)
    places = [index for index, c in enumerate(bare) if c.isdecimal()]
    if not places or (bracketed and minus):
        raise _no_number(text)
    head, digits, tail = bare[: places[0]].strip(), bare[places[0] : places[-1] + 1], bare[places[-1] + 1 :].strip()
    head, digits = ("", f".{digits}") if head == "." else (head, digits)
    tail = "" if tail == "." else tail
    if head and head[-1] in "+-" and not minus:  # the sign behind the currency: ¥-12
        minus, head = head[-1], head[:-1].strip()
    power = _TIMES.get(tail[:1], 0)
    tail = tail[1:].strip() if power else tail
    for word in filter(None, (head, "" if tail.lower() in units else tail)):
        _check_money(word.lower(), currency, text)
    if _GROUPED.fullmatch(digits):
        digits = re.sub("[, ']", "", digits)
    if not _PLAIN.fullmatch(digits):
        raise _no_number(text)
    value = Decimal(digits).scaleb(power)
    return -value if bracketed or minus == "-" else value


def _sign(bare: str) -> tuple[str, str]:
    """(sign, the rest) of a figure that begins with one."""
    return (bare[0], bare[1:].strip()) if bare[:1] in ("+", "-") else ("", bare)


def _check_money(word: str, currency: str, text: str) -> None:
    """BadCellError unless the word beside the figure is the file's currency."""
    meant = _MONEY.get(word) or ({word.upper()} & (_CODES | {currency}))
    if not meant:
        raise _no_number(text)
    if currency not in (*meant, ANY_CURRENCY):
        if not currency:
            raise BadCellError(_("“%(value)s”: write the figure without a currency.") % {"value": shown(text)})
        raise _other_currency(text, currency)


def same_currency(currency: str, text: str) -> None:
    """BadCellError unless the cell names the currency of the file: CNY, 人民币."""
    word = plain(text).lower()
    if currency not in _MONEY.get(word, {word.upper()}):
        raise _other_currency(text, currency)


def _other_currency(text: str, currency: str) -> BadCellError:
    return BadCellError(
        _("“%(value)s” isn't in %(currency)s, the currency of the file. Import each currency as a file of its own.")
        % {"value": shown(text), "currency": currency}
    )


def _no_number(text: str) -> BadCellError:
    return BadCellError(_("“%(value)s” is no number. Write it like 1234.50.") % {"value": shown(text)})


def bounded(value: Decimal, *, decimals: int, whole: int, text: str) -> Decimal:
    """`value` rounded half up to `decimals`; BadCellError when it has more than `whole` digits before the point."""
    # What lies half of the last place below the limit would be rounded up to it.
    if abs(value) >= Decimal(10) ** whole - Decimal(5).scaleb(-decimals - 1):
        raise BadCellError(
            _("“%(value)s” is too large: at most %(digits)s digits before the decimal point.")
            % {"value": shown(text), "digits": whole}
        )
    return value.quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)


# --- moments ---------------------------------------------------------------------------------------------------------
_MONTHS = (
    "january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november",
    "december",
)  # fmt: skip
_SEPARATED = re.compile(r"(\d{1,4})([-/.])(\d{1,2})\2(\d{1,4})(?!\d)")
_CHINESE = re.compile(r"(\d{4}|\d{2}) ?年 ?(\d{1,2}) ?月 ?(\d{1,2}) ?[日号]?")
_COMPACT = re.compile(r"\d{8}")
_DAY_NAME = re.compile(r"(\d{1,2})[ -]([A-Za-z]{3,9})\.?,?[ -](\d{4})(?!\d)")
_NAME_DAY = re.compile(r"([A-Za-z]{3,9})\.? (\d{1,2})(?:st|nd|rd|th)?,? (\d{4})(?!\d)")
_SERIAL = re.compile(r"(\d{5})(\.\d{1,15})?")
_SERIALS = (20_000, 80_000)  # days since 1899-12-30: the years 1954 to 2119
_COLONS = re.compile(r"(\d{1,2}):(\d{1,2})(?::(\d{1,2})(?:\.\d{1,9})?)?")
_HOURS = re.compile(r"(\d{1,2}) ?[时点](?: ?(\d{1,2}) ?分?(?: ?(\d{1,2}) ?秒)?)?")
_HOUR = re.compile(r"(\d{1,2})()()")
_DIGITS = re.compile(r"(\d{2})(\d{2})(\d{2})?")
_ZONE = re.compile(r" ?(Z|(?:UTC|GMT)?[+-]\d{2}:?\d{2}|UTC|GMT)$")
_HALF = re.compile(r"(凌晨|早上|早晨|上午|中午|下午|傍晚|晚上|[AaPp]\.?[Mm]\b\.?) ?| ?([AaPp]\.?[Mm]\.?)$")
_MORNING, _NOON = ("a", "凌晨", "早上", "早晨", "上午"), "中午"
ORDERS = ("ymd", "dmy", "mdy", "ydm")
ORDER_WORDS = {
    "": gettext_lazy("2026-11-24 (year first)"),
    "dmy": gettext_lazy("24/11/2026 (day first)"),
    "mdy": gettext_lazy("11/24/2026 (month first)"),
    "ymd": gettext_lazy("26/11/24 (short year first)"),
}


class AskOrderError(BadCellError):
    """Day, month and year are there, but nobody has said in which order."""


def date_order(text: str) -> str:
    """`ymd`, `dmy` or `mdy` from one of these words or from a pattern: %d/%m/%Y, dd.MM.yyyy; "" from "".

    ValueError when the three don't stand in it once each.
    """
    pattern = re.sub("%[HIMSpfzZ]", "", text[:LONGEST]).replace("%b", "m").replace("%B", "m")
    pattern = re.split("[hH]", pattern)[0].lower()
    order = "".join(dict.fromkeys(re.sub("[^dmy]", "", pattern)))
    if text.strip() and (order not in ORDERS or re.search(r"[^\W_dmyt]", pattern)):
        raise ValueError(
            _("“%(format)s” doesn't say in which order day, month and year stand. Write one of %(orders)s.")
            % {"format": shown(text), "orders": ", ".join(ORDERS)}
        )
    return order


def wall_time(text: str, order: str = "") -> tuple[datetime, timezone | None]:
    """(date and time as written, its offset if one is written) from 2026-11-24 14:30, 2026年11月24日 下午2:30, 46353...

    `order` says how to read 11/8/2018 and 26/3/5, which are refused without it.
    """
    if len(text) > LONGEST:
        raise _no_date(text)
    bare = " ".join(plain(text).split())
    if serial := _SERIAL.fullmatch(bare):
        return _from_serial(serial, text), None
    (year, month, day), rest, joined = _date_part(bare, order, text)
    hour, minute, second, offset = _time_part(rest, joined, text)
    try:
        return datetime(year, month, day, hour, minute, second), offset
    except ValueError as error:
        raise BadCellError(_("“%(value)s”: there is no such day or time.") % {"value": shown(text)}) from error


def figures(text: str, order: str = "") -> tuple[int, int, int]:
    """Year, month and day as written, whether or not the solar calendar has such a day; a time is passed over."""
    if len(text) > LONGEST:
        raise _no_date(text)
    bare = " ".join(plain(text).split())
    if serial := _SERIAL.fullmatch(bare):
        day = _from_serial(serial, text)
        return day.year, day.month, day.day
    parts, rest, joined = _date_part(bare, order, text)
    _time_part(rest, joined, text)
    return parts


def _date_part(bare: str, order: str, text: str) -> tuple[tuple[int, int, int], str, bool]:
    """((year, month, day), what follows, whether a time may follow without a blank)."""
    if found := _SEPARATED.match(bare):
        return _ordered(found[1], found[3], found[4], order, text), bare[found.end() :], False
    if found := _CHINESE.match(bare):
        return (_year(found[1]), int(found[2]), int(found[3])), bare[found.end() :], True
    if found := _COMPACT.match(bare):
        cut = (2, 4) if order in ("dmy", "mdy") else (4, 6)
        parts = bare[: cut[0]], bare[cut[0] : cut[1]], bare[cut[1] : 8]
        return _ordered(*parts, order, text), bare[8:], True
    if found := _DAY_NAME.match(bare):
        return (int(found[3]), _month(found[2], text), int(found[1])), bare[found.end() :], False
    if found := _NAME_DAY.match(bare):
        return (int(found[3]), _month(found[1], text), int(found[2])), bare[found.end() :], False
    raise _no_date(text)


def _ordered(first: str, second: str, third: str, order: str, text: str) -> tuple[int, int, int]:
    """Year, month, day from three figures; four digits say where the year is, the rest must have been said."""
    if len(first) == 4 and len(third) <= 2:
        order = "ydm" if order == "ydm" else "ymd"
    elif len(first) > 2 or len(third) == 3:
        raise _no_date(text)
    elif not order or (len(third) == 4 and not order.endswith("y")):
        raise AskOrderError(
            _(
                "“%(value)s” can't be read as a date without guessing. Say in which order day, month and year stand"
                " (“Dates are written as” on the page of columns, --date-format in the command)."
            )
            % {"value": shown(text)}
        )
    parts = dict(zip(order, (first, second, third), strict=True))
    return _year(parts["y"]), int(parts["m"]), int(parts["d"])


def _year(digits: str) -> int:
    """The year; two digits are the last such year that has begun or is about to."""
    if len(digits) == 4:
        return int(digits)
    if len(digits) != 2:
        return 0
    latest = clock.now().year + 1
    return latest - (latest - int(digits)) % 100


def _month(name: str, text: str) -> int:
    name = "sep" if name.lower() == "sept" else name.lower()
    found = [number for number, month in enumerate(_MONTHS, start=1) if month.startswith(name)]
    if len(found) != 1:
        raise _no_date(text)
    return found[0]


def _time_part(rest: str, joined: bool, text: str) -> tuple[int, int, int, timezone | None]:
    """Hour, minute, second and offset of what stands behind the date."""
    if not rest:
        return 0, 0, 0, None
    if not joined and rest[0] not in "T ,":
        raise _no_date(text)
    rest = rest.lstrip("T ,")
    zone = _ZONE.search(rest)
    rest = rest[: zone.start()] if zone else rest
    half = _HALF.match(rest) or _HALF.search(rest)
    word = (half[1] or half[2]) if half else ""
    rest = f"{rest[: half.start()]}{rest[half.end() :]}" if half else rest
    patterns = (_COLONS, _HOURS, _HOUR if word else _DIGITS)
    found = next((match for match in (pattern.fullmatch(rest) for pattern in patterns) if match), None)
    if not found:
        raise _no_date(text)
    hour, minute, second = (int(part or 0) for part in found.groups())
    return _of_day(hour, word, text), minute, second, _offset(zone[1], text) if zone else None


def _of_day(hour: int, word: str, text: str) -> int:
    """The hour from 0 to 23, of one that says in which half of the day it lies."""
    if not word:
        return hour
    if word == _NOON:
        good, hour = hour in (11, 12, 1, 2), hour + 12 if hour < 3 else hour
    elif word.lower().startswith(_MORNING):
        good, hour = hour <= 12, hour % 12
    else:
        good, hour = not (word == "晚上" and hour == 12), hour + 12 if hour < 12 else hour  # whose midnight?
    if not good:
        raise BadCellError(_("“%(value)s”: there is no such day or time.") % {"value": shown(text)})
    return hour


def _offset(word: str, text: str) -> timezone:
    digits = re.sub(r"\D", "", word)
    if not digits:
        return UTC
    minutes = int(digits[:2]) * 60 + int(digits[2:])
    if int(digits[2:]) >= 60 or minutes > 14 * 60:
        raise BadCellError(_("“%(value)s”: there is no time zone %(zone)s.") % {"value": shown(text), "zone": word})
    return timezone(timedelta(minutes=-minutes if "-" in word else minutes))


def _from_serial(found: re.Match, text: str) -> datetime:
    """Spreadsheets count days since 1899-12-30; their fraction is the time."""
    if not _SERIALS[0] <= int(found[1]) <= _SERIALS[1]:
        raise _no_date(text)
    seconds = round(Decimal(found[2] or 0) * 86_400)
    return datetime(1899, 12, 30) + timedelta(days=int(found[1]), seconds=seconds)


def _no_date(text: str) -> BadCellError:
    return BadCellError(
        _("“%(value)s” can't be read as a date without guessing. Write 2026-11-24 or 2026-11-24 14:30.")
        % {"value": shown(text)}
    )


def needs_order(text: str) -> bool:
    """Whether it is a date of which somebody must say the order of day, month and year."""
    try:
        wall_time(text)
    except AskOrderError:
        return True
    except BadCellError:
        return False
    return False


def looks_like_date(text: str) -> bool:
    """Whether it is a date, once somebody says the order of its parts."""
    try:
        wall_time(text)
    except BadCellError:
        return needs_order(text)
    return True


def moment(text: str, zone: ZoneInfo, order: str = "") -> datetime:
    """The instant in UTC; times without an offset are wall-clock times of `zone`. Tomorrow is the latest day."""
    written, offset = wall_time(text, order)
    tomorrow = clock.now().astimezone(zone).date() + timedelta(days=1)
    if written.date() > tomorrow:
        raise BadCellError(_("“%(value)s” lies in the future.") % {"value": shown(text)})
    if written.year < OLDEST:
        raise BadCellError(_("“%(value)s” lies before the year %(first)s.") % {"value": shown(text), "first": OLDEST})
    return written.replace(tzinfo=offset or zone).astimezone(UTC)


def day(text: str, order: str = "") -> date:
    """A plain calendar date."""
    return wall_time(text, order)[0].date()


def past_day(text: str, order: str = "", *, oldest: int = OLDEST) -> date:
    """A date that has come already and isn't older than the year `oldest`, such as a birthday."""
    found = day(text, order)
    if found > clock.business_date():
        raise BadCellError(_("“%(value)s” lies in the future.") % {"value": shown(text)})
    if found.year < oldest:
        raise BadCellError(_("“%(value)s” lies before the year %(first)s.") % {"value": shown(text), "first": oldest})
    return found


# --- words -----------------------------------------------------------------------------------------------------------
def short(text: str, limit: int) -> str:
    """The text without control characters, empty when nothing of it is seen; BadCellError beyond `limit`."""
    if not text.isprintable():
        text = " ".join("".join(_printed(c) for c in text).split()).strip(JOINERS)
    if unseen(text):
        return ""
    if len(text) > limit:
        raise BadCellError(
            _("“%(value)s…” is too long: at most %(limit)s characters.") % {"value": shown(text[:30]), "limit": limit}
        )
    return text


def email(text: str) -> str:
    """The address as it is stored."""
    try:
        return mail_address(text)
    except ValidationError as error:
        raise BadCellError(_("“%(value)s” isn't an e-mail address.") % {"value": shown(text)}) from error


def undamaged(text: str) -> str:
    """The text, unless it was a long number of which a spreadsheet has lost digits."""
    if damaged_number(text):
        raise BadCellError(str(DAMAGED) % {"value": shown(text)})
    return text


def joined_name(first: str, last: str) -> str:
    """A person's name of its two parts: 王小明 where they are Chinese, Korean or Japanese, else Ann Smith."""
    first, last = first.strip(), last.strip()
    if _SURNAME_FIRST.search(f"{last}{first}"):
        return f"{last}{first}"
    return f"{first} {last}".strip()


def paragraphs(text: str) -> str:
    """Several lines, without what a database can't store."""
    if len(text) > LONGEST_TEXT:
        return short(text, LONGEST_TEXT)
    kept = "".join(c if c in "\n\t" else _printed(c) for c in text.replace("\r\n", "\n").replace("\r", "\n"))
    return "" if unseen(kept) else kept


def _printed(c: str) -> str:
    """The character; nothing for marks without width, a blank for controls. Private ones are rare Chinese names."""
    if c.isprintable() or c in JOINERS or "\U000e0020" <= c <= "\U000e007f":
        return c
    category = unicodedata.category(c)
    return c if category == "Co" else "" if category == "Cf" else " "
