"""A segment as somebody types it: texts, kept as they are until they can be read as a tree (tree.py).

The form has buttons that change its shape (a condition more, a group in a group); each is an act on what was typed.
Nothing here knows of requests or rows.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from core.digits import whole_number
from segmentation.segments import tree
from segmentation.segments.tree import ALL, ANY, DEEPEST, MOST_CONDITIONS, Condition, Group, Kind, Path, Problem, Specs

Typed = dict[str, Any]
ReadAmount = Callable[[str], int | None]  # minor units of what was typed as money; None: can't be read
ShowAmount = Callable[[int], str]
CodesOf = Callable[[str, str], "list[str] | Problem | None"]  # (field, text) -> the words that it names, if it can
TEXTS = ("how", "min", "max", "days", "from", "to", "text")
LARGEST = 10**15 - 1  # of any number in a form
LONGEST = 400  # of any text in a form; longer ones are cut
_NODE = re.compile(r"n((?:\d{1,2}_)*)(match|field)")


def name_of(path: Path) -> str:
    """How the controls of a part begin: `n`, `n0_`, `n0_2_`."""
    return "n" + "".join(f"{n}_" for n in path)


def begun() -> Typed:
    """An empty segment."""
    return {"name": "", "note": "", "key": "", "shared": False, "tree": {"match": ALL, "not": False, "parts": []}}


def typed_from(whole: Group, show: ShowAmount, specs: Specs) -> Typed:
    """A tree as the form begins with it."""
    return _typed(whole, show, specs)


def _typed(part: Group | Condition, show: ShowAmount, specs: Specs) -> Typed:
    if isinstance(part, Group):
        parts = [_typed(one, show, specs) for one in part.parts]
        return {"match": part.match, "not": part.negated, "parts": parts}
    spec = specs.get(part.of)
    as_text = show if spec is not None and spec.kind in (Kind.MONEY, Kind.SUM) else str
    return {
        "field": part.of,
        "not": part.negated,
        "how": part.how,
        "min": "" if part.low is None else as_text(part.low),
        "max": "" if part.high is None else as_text(part.high),
        "days": "" if part.days is None else str(part.days),
        "from": part.since.isoformat() if part.since else "",
        "to": part.until.isoformat() if part.until else "",
        "text": part.text,
        "codes": list(part.codes),
    }


# --- from a form -----------------------------------------------------------------------------------------------------
def typed_in(sent: Any) -> Typed:
    """What a form sent (a QueryDict), whatever it holds; places follow each other without gaps."""
    root: Typed = {"match": _match(sent, "n"), "not": False, "parts": []}
    made: dict[Path, Typed] = {(): root}
    found = (match for name in sent if (match := _NODE.fullmatch(name)) and match[1])
    for one in sorted(found, key=lambda match: [int(n) for n in match[1].split("_")[:-1]])[: 3 * MOST_CONDITIONS]:
        path = tuple(int(n) for n in one[1].split("_")[:-1])
        above = made.get(path[:-1])
        if above is None or "parts" not in above or len(path) > DEEPEST:
            continue
        made[path] = part = _part(sent, name_of(path), group=one[2] == "match")
        above["parts"].append(part)
    texts = {name: _sent(sent, name) for name in ("name", "note", "key")}
    return {**texts, "shared": "shared" in sent, "tree": root}


def _match(sent: Any, of: str) -> str:
    return ANY if sent.get(f"{of}match") == ANY else ALL


def _part(sent: Any, of: str, *, group: bool) -> Typed:
    if group:
        return {"match": _match(sent, of), "not": sent.get(f"{of}not") == "on", "parts": []}
    texts = {name: _sent(sent, of + name) for name in ("field", *TEXTS)}
    codes = [code[:LONGEST].replace("\0", "") for code in sent.getlist(f"{of}codes")[: tree.MOST_CODES + 1]]
    return {**texts, "not": sent.get(f"{of}not") == "on", "codes": codes}


def _sent(sent: Any, name: str) -> str:
    return sent.get(name, "")[:LONGEST].replace("\0", "")


# --- acts that change its shape --------------------------------------------------------------------------------------
def changed(typed: Typed, act: str, specs: Specs) -> str:
    """Do what a button says, in place; returns the id of the control to go on at, or nothing.

    Acts: `add:n0_:region` (a condition in a group), `group:n0_` (a group in it), `remove:n0_2_`.
    """
    what, _colon, rest = act.partition(":")
    of, _colon, field = rest.partition(":")
    path = _path(of)
    if path is None:
        return ""
    if what == "remove" and path:
        above = _at(typed["tree"], path[:-1])
        if above is None or path[-1] >= len(above["parts"]):
            return ""
        del above["parts"][path[-1]]
        return f"id_{name_of(path[:-1])}match"
    group = _at(typed["tree"], path)
    if group is None or _counted(typed["tree"]) >= MOST_CONDITIONS:
        return ""
    at = (*path, len(group["parts"]))
    if what == "add" and field in specs:
        spec = specs[field]
        blank = dict.fromkeys(TEXTS, "") | {"how": spec.hows[0]}
        group["parts"].append({"field": field, "not": False, **blank, "codes": []})
        return f"part-{name_of(at)}"
    if what == "group" and len(path) + 1 < DEEPEST:
        other = ANY if group["match"] == ALL else ALL
        group["parts"].append({"match": other, "not": False, "parts": []})
        return f"part-{name_of(at)}"
    return ""


def _path(of: str) -> Path | None:
    found = re.fullmatch(r"n((?:\d{1,2}_)*)", of)
    return None if found is None else tuple(int(n) for n in found[1].split("_")[:-1])


def _at(part: Typed, path: Path) -> Typed | None:
    for n in path:
        if "parts" not in part or n >= len(part["parts"]):
            return None
        part = part["parts"][n]
    return part if "parts" in part else None


def _counted(part: Typed) -> int:
    return sum(map(_counted, part["parts"])) if "parts" in part else 1


def settle(part: Typed, codes_of: CodesOf) -> None:
    """Make of each text that names words these words, in place; one that names none stays to be said."""
    for one in part.get("parts", ()):
        settle(one, codes_of)
    if part.get("text", "").strip() and isinstance(named := codes_of(part["field"], part["text"]), list):
        part["codes"], part["text"] = list(dict.fromkeys([*part["codes"], *named])), ""


# --- as a tree -------------------------------------------------------------------------------------------------------
def read(typed: Mapping[str, Any], specs: Specs, amount: ReadAmount, codes_of: CodesOf) -> tree.Read:
    """The tree that was typed; what can't be read is a problem of its part.

    `codes_of(field, text)` gives the words that a text names, for fields whose words are typed, or the Problem.
    """
    unread: dict[Path, Problem] = {}
    given = _plain(typed, specs, amount, codes_of, unread, ())
    found = tree.read(given, specs)
    found.problems |= unread
    return found


def _plain(
    part: Mapping[str, Any],
    specs: Specs,
    amount: ReadAmount,
    codes_of: CodesOf,
    unread: dict[Path, Problem],
    path: Path,
) -> dict[str, Any]:
    if "parts" in part:
        parts = [_plain(one, specs, amount, codes_of, unread, (*path, n)) for n, one in enumerate(part["parts"])]
        return {"match": part["match"], "not": part["not"], "parts": parts}
    of, spec = str(part["field"]), specs.get(str(part["field"]))
    given: dict[str, Any] = {"field": of, "how": part["how"], "not": part["not"], "codes": list(part["codes"])}
    if spec is None:
        return given
    used = _used(spec.kind, part["how"])
    for name in ("min", "max", "days"):
        text = part[name].strip()
        if not text or name not in used:
            continue
        money = name != "days" and spec.kind in (Kind.MONEY, Kind.SUM)
        value = amount(text) if money else whole(text)
        if value is None:
            unread.setdefault(path, Problem("number", {"text": text[:40]}))
        given[name] = value
    for name in ("from", "to"):
        text = part[name].strip()
        if text and name in used:
            try:
                given[name] = date.fromisoformat(text).isoformat()
            except ValueError:
                unread.setdefault(path, Problem("date", {"text": text[:40]}))
    given["text"] = part["text"]
    if spec.kind in (Kind.BOUGHT, Kind.CODES) and part["text"].strip():
        named = codes_of(of, part["text"])
        if isinstance(named, Problem):
            unread.setdefault(path, named)
        elif named is not None:
            given["codes"] = list(dict.fromkeys([*given["codes"], *named]))
    return given


def _used(kind: Kind, how: str) -> frozenset[str]:
    if kind in tree.DATED:
        return frozenset({"min", "max", "days"})
    return {
        tree.RANGE: frozenset({"min", "max"}),
        tree.BETWEEN: frozenset({"from", "to"}),
        tree.LAST: frozenset({"days"}),
        tree.AGO: frozenset({"days"}),
        tree.NEXT: frozenset({"days"}),
    }.get(how, frozenset())


def whole(text: str) -> int | None:
    """A whole number as somebody types it, with signs between thousands; None where it can't be read."""
    bare = text.strip().replace(",", "").replace("\u00a0", "").replace(" ", "")
    sign, digits = (-1, bare[1:]) if bare[:1] in ("-", "−") else (1, bare)
    number = whole_number(digits, LARGEST)
    return None if number is None else sign * number
