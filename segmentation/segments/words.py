"""Conditions, groups and what is wrong with them, in the reader's words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date

from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from accounts.models import User
from core import company
from segmentation.segments import tree
from segmentation.segments.fields import Field, Words, fields
from segmentation.segments.selectors import Reading
from segmentation.segments.tree import ALL, Condition, Group, Kind, Path, Problem
from ui import formatting

CodeWords = Mapping[str, Mapping[str, Words]]  # field -> code -> what it is called


def code_words(user: User, trees: Iterable[Group]) -> CodeWords:
    """What the codes in these trees are called; at most one query for each field."""
    wanted: dict[str, set[str]] = {}
    for whole in trees:
        for _path, one in tree.conditions(whole):
            if one.codes:
                wanted.setdefault(one.of, set()).update(one.codes)
    every, found = fields(), {}
    for of, codes in wanted.items():
        words = every[of].words if of in every else None
        found[of] = words(user, sorted(codes)) if words else {}
    return found


def condition_words(one: Condition, codes: CodeWords) -> str:
    """A condition as a sentence without a full stop: "number of orders in 90 days: 3 or more"."""
    known = fields().get(one.of)
    if known is None:
        return _("“%(field)s”, which isn't asked for any more") % {"field": one.of}
    text = _positive(one, known, codes.get(one.of, {}))
    return pgettext("a condition", "not: %(condition)s") % {"condition": text} if one.negated else text


def _positive(one: Condition, known: Field, codes: Mapping[str, Words]) -> str:
    name = str(known.word)
    if one.how == tree.SET:
        return name
    if one.how == tree.UNKNOWN:
        return _("%(field)s: not known") % {"field": name}
    kind = known.spec.kind
    if kind is Kind.TEXT:
        return _("%(field)s: “%(text)s” in it") % {"field": name, "text": one.text}
    if kind is Kind.DAY:
        return _("%(field)s: %(value)s") % {"field": name, "value": _days(one)}
    if kind in (Kind.CODES, Kind.BOUGHT):
        value = _(" or ").join(str(codes.get(code, code)) for code in one.codes)
    else:
        value = _range(one, money=kind in (Kind.MONEY, Kind.SUM))
    if kind in tree.DATED and one.days is not None:
        return _("%(field)s in %(days)s: %(value)s") % {"field": name, "days": _span(one.days), "value": value}
    return _("%(field)s: %(value)s") % {"field": name, "value": value}


def _span(days: int) -> str:
    return ngettext("%(n)s day", "%(n)s days", days) % {"n": formatting.number(days)}


def _days(one: Condition) -> str:
    days = one.days or 0
    if one.how == tree.BETWEEN:
        return _between(one.since, one.until)
    words = {
        tree.LAST: ngettext("at most %(n)s day ago", "at most %(n)s days ago", days),
        tree.AGO: ngettext("more than %(n)s day ago", "more than %(n)s days ago", days),
        tree.NEXT: ngettext("within %(n)s day from today on", "within %(n)s days from today on", days),
    }[one.how]
    return words % {"n": formatting.number(days)}


def _between(since: date | None, until: date | None) -> str:
    if since and until:
        return _("%(first)s to %(last)s") % {"first": formatting.day(since), "last": formatting.day(until)}
    if since:
        return _("from %(day)s on") % {"day": formatting.day(since)}
    return _("until %(day)s") % {"day": formatting.day(until)}


def _range(one: Condition, *, money: bool) -> str:
    def shown(value: int) -> str:
        return formatting.money(value, company.currency()) if money else formatting.number(value)

    if one.low is None:
        return _("at most %(n)s") % {"n": shown(one.high or 0)}
    if one.high is None:
        return _("%(n)s or more") % {"n": shown(one.low)}
    if one.low == one.high:
        return shown(one.low)
    return _("%(low)s to %(high)s") % {"low": shown(one.low), "high": shown(one.high)}


def group_words(group: Group) -> str:
    """How the parts of a group belong together."""
    if group.negated:
        return _("not all of these") if group.match == ALL else _("none of these")
    return _("all of these") if group.match == ALL else _("any of these")


def in_brief(whole: Group, codes: CodeWords, hidden: Iterable[Path] = ()) -> str:
    """A tree in one line; what the reader may not ask for isn't told either."""
    return _brief(whole, codes, frozenset(hidden), ())


def _brief(part: Group | Condition, codes: CodeWords, hidden: frozenset[Path], path: Path) -> str:
    if isinstance(part, Condition):
        return str(HIDDEN()) if path in hidden else condition_words(part, codes)
    joint = pgettext("between conditions", " and ") if part.match == ALL else pgettext("between conditions", " or ")
    parts = []
    for n, one in enumerate(part.parts):
        text = _brief(one, codes, hidden, (*path, n))
        parts.append(f"({text})" if isinstance(one, Group) and not one.negated and len(one.parts) > 1 else text)
    text = joint.join(parts)
    return pgettext("a condition", "not: %(condition)s") % {"condition": f"({text})"} if part.negated else text


def HIDDEN() -> str:
    """Instead of a condition that the reader may not see."""
    return _("something that you don't see")


def problem_words(problem: Problem, one: Condition | Group | None, codes: CodeWords) -> str:
    """What is wrong, and how it is put right."""
    values = dict(problem.values)
    known = fields().get(one.of) if isinstance(one, Condition) else None
    if problem.code == "gone":
        named = codes.get(one.of, {}) if isinstance(one, Condition) else {}
        gone = formatting.listed([str(named.get(code, code)) for code in values["codes"]])
        return _("There is no %(field)s “%(gone)s” any more. Take it out or choose another one.") % {
            "field": known.word if known else "",
            "gone": gone,
        }
    if problem.code == "product":
        text = _("There is no product with the number or name “%(text)s”.") % values
        if not values["near"]:
            return text
        return formatting.sentences(text, _("Similar: %(names)s.") % {"names": formatting.listed(values["near"])})
    return SENTENCES()[problem.code] % values


def SENTENCES() -> Mapping[str, str]:
    """By the code of a problem."""
    return {
        "shape": _("This part can't be read."),
        "version": _("This segment was saved by a newer version of Keben."),
        "many": _("A segment has at most %(most)s conditions."),
        "deep": _("Groups stand in groups up to level %(most)s."),
        "empty": _("Nothing is asked for here. Add a condition, or take the group away."),
        "field": _("“%(field)s” isn't asked for any more. Take this condition out."),
        "how": _("Choose what to ask for."),
        "days": _("Say how many days."),
        "span": _("The days go up to %(most)s, and are never below 0."),
        "years": _("The date lies between the years %(first)s and %(last)s."),
        "dates": _("Enter the first day, the last day or both."),
        "order": _("The first one must not be larger than the second."),
        "range": _("Enter at least one of the two."),
        "limits": _("It goes from %(low)s to %(high)s."),
        "text": _("Say what must stand there."),
        "long": _("At most %(most)s characters."),
        "codes": _("Choose at least one."),
        "codes_many": _("Choose at most %(most)s."),
        "number": _("“%(text)s” is no number that can be read."),
        "date": _("“%(text)s” is no date."),
    }


def why_unusable(reading: Reading, codes: CodeWords) -> str:
    """Why a segment isn't counted, in a sentence; nothing where it is."""
    if reading.hidden and not reading.problems:
        return _("It asks for something that you may not see, so it isn't counted for you.")
    parts = dict(tree.nodes(reading.tree))
    for path, problem in sorted(reading.problems.items()):
        return problem_words(problem, parts.get(path), codes)
    return ""


def begun(text: str) -> str:
    """A condition at the beginning of a line."""
    return str(capfirst(text))
