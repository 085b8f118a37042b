"""A segment as a tree of conditions: how it is stored, read back, checked, and what it says of one customer.

Nothing here knows of Django: the catalogue of fields comes as `Spec`s, the customer as plain values. A condition holds
or it doesn't: what isn't known of a customer meets no condition, and so meets the opposite of each
(docs/algorithms/segments.md).
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from enum import Enum
from typing import Any

VERSION = 1
DEEPEST = 3  # levels: the whole, a group in it, a group in that
MOST_CONDITIONS = 30
MOST_CODES = 200
LONGEST_TEXT = 80
MOST_DAYS = 3650
YEARS = (1900, 2199)  # of a date that is asked for
ALL, ANY = "all", "any"
RANGE, UNKNOWN, LAST, AGO, NEXT, BETWEEN, IN, SET = "range", "unknown", "last", "ago", "next", "between", "in", "set"


class Kind(Enum):
    """What a field holds, and so what can be asked of it."""

    CODES = "one or more words of a list"
    NUMBER = "a whole number"
    MONEY = "minor units of the company's currency"
    DAY = "a date in the company's zone"
    COUNT = "how many things happened, each with its day"
    SUM = "what they came to, each with its day and its minor units"
    BOUGHT = "words of a list, each with its day"
    YES = "yes or no"
    TEXT = "what somebody wrote"


# What can be asked, the usual first.
HOWS: Mapping[Kind, tuple[str, ...]] = {
    Kind.CODES: (IN, UNKNOWN),
    Kind.NUMBER: (RANGE, UNKNOWN),
    Kind.MONEY: (RANGE, UNKNOWN),
    Kind.DAY: (LAST, AGO, NEXT, BETWEEN, UNKNOWN),
    Kind.COUNT: (RANGE,),
    Kind.SUM: (RANGE,),
    Kind.BOUGHT: (IN,),
    Kind.YES: (SET,),
    Kind.TEXT: (IN, UNKNOWN),
}
DATED = (Kind.COUNT, Kind.SUM, Kind.BOUGHT)  # looked at over so many days


@dataclass(frozen=True)
class Spec:
    """What a field holds; `low` and `high`: the least and most that a number can be; `always`: never unknown."""

    kind: Kind
    low: int = 0
    high: int = 10**15
    always: bool = False

    @property
    def hows(self) -> tuple[str, ...]:
        """What can be asked of it."""
        return tuple(how for how in HOWS[self.kind] if how != UNKNOWN or not self.always)


@dataclass(frozen=True)
class Condition:
    """One thing asked of a customer; `negated`: it must not hold. What isn't used by `how` is empty."""

    of: str
    how: str
    low: int | None = None
    high: int | None = None
    codes: tuple[str, ...] = ()
    days: int | None = None
    since: date | None = None
    until: date | None = None
    text: str = ""
    negated: bool = False


@dataclass(frozen=True)
class Group:
    """Several of them, of which all or any must hold; `negated`: turned round as a whole."""

    match: str
    parts: tuple[Condition | Group, ...]
    negated: bool = False


Tree = Group
Path = tuple[int, ...]
Specs = Mapping[str, Spec]
Renamed = Mapping[
    str, Mapping[str, str]
]  # field -> code -> the code that it means now; a code that isn't there is gone


@dataclass(frozen=True)
class Problem:
    """What is wrong with a part; `values` fill its sentence (words.py)."""

    code: str
    values: Mapping[str, Any] = field(default_factory=dict)


@dataclass
class Read:
    """A tree as far as it can be read, and what is wrong with which part; the whole is ()."""

    tree: Group
    problems: dict[Path, Problem] = field(default_factory=dict)


def conditions(tree: Group | Condition, path: Path = ()) -> Iterator[tuple[Path, Condition]]:
    """Every condition with its path, as they stand."""
    if isinstance(tree, Condition):
        yield path, tree
        return
    for n, part in enumerate(tree.parts):
        yield from conditions(part, (*path, n))


def nodes(tree: Group | Condition, path: Path = ()) -> Iterator[tuple[Path, Condition | Group]]:
    """Every group and condition with its path, the whole first."""
    yield path, tree
    for n, part in enumerate(tree.parts if isinstance(tree, Group) else ()):
        yield from nodes(part, (*path, n))


def asked(tree: Group) -> frozenset[str]:
    """The fields that are asked for."""
    return frozenset(one.of for _path, one in conditions(tree))


# --- stored ----------------------------------------------------------------------------------------------------------
def stored(tree: Group) -> dict[str, Any]:
    """As it is kept: without what isn't used."""
    return {"version": VERSION, **_stored(tree)}


def _stored(part: Condition | Group) -> dict[str, Any]:
    turned = {"not": True} if part.negated else {}
    if isinstance(part, Group):
        return {"match": part.match, **turned, "parts": [_stored(one) for one in part.parts]}
    values = {
        "min": part.low,
        "max": part.high,
        "codes": list(part.codes) or None,
        "days": part.days,
        "from": part.since and part.since.isoformat(),
        "to": part.until and part.until.isoformat(),
        "text": part.text or None,
    }
    return {"field": part.of, "how": part.how, **turned, **{k: v for k, v in values.items() if v is not None}}


def read(given: Any, specs: Specs) -> Read:
    """What was kept or sent, whatever it holds. A part with a problem stays in the tree: it must not be asked for."""
    found = Read(Group(ALL, ()))
    if not isinstance(given, Mapping):
        found.problems[()] = Problem("shape")
        return found
    if given.get("version", VERSION) != VERSION:
        found.problems[()] = Problem("version")
        return found
    found.tree = _group(given, specs, found.problems, ())
    if sum(1 for _ in conditions(found.tree)) > MOST_CONDITIONS:
        found.problems.setdefault((), Problem("many", {"most": MOST_CONDITIONS}))
    return found


def _group(given: Mapping[str, Any], specs: Specs, problems: dict[Path, Problem], path: Path) -> Group:
    match, listed = given.get("match", ALL), given.get("parts")
    known = {"version", "match", "not", "parts"}
    if match not in (ALL, ANY) or not isinstance(listed, list) or not _is_flag(given) or set(given) - known:
        problems[path] = Problem("shape")
        return Group(ALL, ())
    if len(path) >= DEEPEST:
        problems[path] = Problem("deep", {"most": DEEPEST})
        return Group(ALL, ())
    if not listed:
        problems[path] = Problem("empty")
    parts: list[Condition | Group] = []
    for n, one in enumerate(listed[: MOST_CONDITIONS + 1]):
        at = (*path, n)
        if not isinstance(one, Mapping):
            problems[at] = Problem("shape")
            parts.append(Group(ALL, ()))
        elif "parts" in one:
            parts.append(_group(one, specs, problems, at))
        else:
            parts.append(_condition(one, specs, problems, at))
    return Group(match, tuple(parts), given.get("not", False))


def _is_flag(given: Mapping[str, Any]) -> bool:
    return isinstance(given.get("not", False), bool)


CONDITION_KEYS = frozenset({"field", "how", "not", "min", "max", "codes", "days", "from", "to", "text"})


def _condition(given: Mapping[str, Any], specs: Specs, problems: dict[Path, Problem], path: Path) -> Condition:
    of, how = given.get("field"), given.get("how")
    low, high, days, codes, text = (given.get(key) for key in ("min", "max", "days", "codes", "text"))
    since, until = _day(given.get("from")), _day(given.get("to"))
    whole = all(one is None or _is_whole(one) for one in (low, high, days))
    listed = codes is None or (isinstance(codes, list) and all(isinstance(code, str) for code in codes))
    dated = all(one is not None or given.get(key) is None for one, key in ((since, "from"), (until, "to")))
    texts = isinstance(of, str) and isinstance(how, str) and (text is None or isinstance(text, str))
    if not (whole and listed and dated and texts and _is_flag(given)) or set(given) - CONDITION_KEYS:
        problems[path] = Problem("shape")
        return Condition(str(of), "")
    one = Condition(
        str(of),
        str(how),
        low,
        high,
        tuple(dict.fromkeys(codes or ())),
        days,
        since,
        until,
        " ".join((text or "").split()),
        given.get("not", False),
    )
    one, problem = checked(one, specs)
    if problem is not None:
        problems[path] = problem
    return one


def _is_whole(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and abs(value) < 10**18


def _day(value: object) -> date | None:
    try:
        return date.fromisoformat(value) if isinstance(value, str) and len(value) == len("2026-11-24") else None
    except ValueError:
        return None


def checked(one: Condition, specs: Specs) -> tuple[Condition, Problem | None]:
    """The condition with nothing but what it uses, and what is wrong with it."""
    spec = specs.get(one.of)
    if spec is None:
        return one, Problem("field", {"field": one.of})
    if one.how not in spec.hows:
        return one, Problem("how")
    plain = Condition(one.of, one.how, negated=one.negated)
    if one.how in (UNKNOWN, SET):
        return plain, None
    if spec.kind in DATED:
        if one.days is None and spec.kind is not Kind.BOUGHT:
            return one, Problem("days")
        plain = replace(plain, days=one.days)
    if one.how in (LAST, AGO, NEXT):
        if one.days is None:
            return one, Problem("days")
        plain = replace(plain, days=one.days)
    if plain.days is not None and not (0 if spec.kind is Kind.DAY else 1) <= plain.days <= MOST_DAYS:
        return one, Problem("span", {"most": MOST_DAYS})
    if one.how == RANGE:
        return replace(plain, low=one.low, high=one.high), _range_problem(one, spec)
    if one.how == BETWEEN:
        problem = None
        if one.since is None and one.until is None:
            problem = Problem("dates")
        elif one.since and one.until and one.since > one.until:
            problem = Problem("order")
        elif any(day and not YEARS[0] <= day.year <= YEARS[1] for day in (one.since, one.until)):
            problem = Problem("years", {"first": YEARS[0], "last": YEARS[1]})
        return replace(plain, since=one.since, until=one.until), problem
    if spec.kind is Kind.TEXT:
        problem = None if one.text else Problem("text")
        if len(one.text) > LONGEST_TEXT:
            problem = Problem("long", {"most": LONGEST_TEXT})
        return replace(plain, text=one.text), problem
    if one.how == IN:
        problem = None if one.codes else Problem("codes")
        if len(one.codes) > MOST_CODES:
            problem = Problem("codes_many", {"most": MOST_CODES})
        return replace(plain, codes=one.codes), problem
    return plain, None


def _range_problem(one: Condition, spec: Spec) -> Problem | None:
    if one.low is None and one.high is None:
        return Problem("range")
    if one.low is not None and one.high is not None and one.low > one.high:
        return Problem("order")
    if any(limit is not None and not spec.low <= limit <= spec.high for limit in (one.low, one.high)):
        return Problem("limits", {"low": spec.low, "high": spec.high})
    return None


def followed(tree: Group, renamed: Renamed, problems: dict[Path, Problem]) -> Group:
    """The tree with each code as the one that it means now; one that is gone is a problem. Fields that `renamed`
    doesn't name have codes of their own, which stay."""
    return _followed(tree, renamed, problems, ())


def _followed(part: Any, renamed: Renamed, problems: dict[Path, Problem], path: Path) -> Any:
    if isinstance(part, Group):
        parts = tuple(_followed(one, renamed, problems, (*path, n)) for n, one in enumerate(part.parts))
        return replace(part, parts=parts)
    known = renamed.get(part.of)
    if known is None or not part.codes:
        return part
    gone = [code for code in part.codes if code not in known]
    if gone:
        problems.setdefault(path, Problem("gone", {"codes": gone}))
    return replace(part, codes=tuple(dict.fromkeys(known.get(code, code) for code in part.codes)))


# --- of one customer -------------------------------------------------------------------------------------------------
Values = Mapping[str, Any]
# By kind: CODES a word or several; NUMBER, MONEY an int; DAY a date; COUNT days; SUM (day, minor units); BOUGHT
# (day, word); YES a bool; TEXT a text. None, or nothing, where it isn't known.


def holds(part: Group | Condition, specs: Specs, values: Values, today: date) -> bool:
    """Whether the customer is meant."""
    if isinstance(part, Condition):
        return _meets(part, specs[part.of].kind, values.get(part.of), today) is not part.negated
    of: Callable[[Iterator[bool]], bool] = all if part.match == ALL else any
    return of(holds(one, specs, values, today) for one in part.parts) is not part.negated


def _meets(one: Condition, kind: Kind, value: Any, today: date) -> bool:
    if one.how == SET:
        return bool(value)
    if kind is Kind.CODES:
        held = set() if value in (None, "") else {value} if isinstance(value, str) else set(value)
        return not held if one.how == UNKNOWN else not held.isdisjoint(one.codes)
    if kind is Kind.TEXT:
        written = [value] if isinstance(value, str) else list(value or ())
        if one.how == UNKNOWN:
            return not any(written)
        return any(one.text.casefold() in text.casefold() for text in written)
    if kind in DATED:
        return _happened(one, kind, value or (), today)
    if one.how == UNKNOWN:
        return value is None
    if value is None:
        return False
    if kind is Kind.DAY:
        first, last = bounds(one, today)
        return (first is None or first <= value) and (last is None or value <= last)
    return _within(value, one)


def _happened(one: Condition, kind: Kind, value: Collection[Any], today: date) -> bool:
    first = None if one.days is None else today - timedelta(days=one.days)
    days = [(item, None) if kind is Kind.COUNT else item for item in value]
    meant = [what for day, what in days if (first is None or first <= day) and day <= today]
    if kind is Kind.BOUGHT:
        return not set(meant).isdisjoint(one.codes)
    return _within(sum(what or 0 for what in meant) if kind is Kind.SUM else len(meant), one)


def _within(value: int, one: Condition) -> bool:
    return (one.low is None or one.low <= value) and (one.high is None or value <= one.high)


def bounds(one: Condition, today: date) -> tuple[date | None, date | None]:
    """The first and last day that a condition on a day means; None = open."""
    if one.how == BETWEEN:
        return one.since, one.until
    span = timedelta(days=one.days or 0)
    if one.how == LAST:
        return today - span, today
    return (None, today - span - timedelta(days=1)) if one.how == AGO else (today, today + span)
