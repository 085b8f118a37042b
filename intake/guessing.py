"""Which column of a file means what: known layouts and exact words are taken, near ones only offered.

A word that is nearly right is often quite wrong: the refunds beside the amounts, the courier beside the company. So a
near match is never taken unasked, and what is taken must also look like it in the first rows.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from django.utils.translation import override

from intake.kinds import Column, Kind, Layout
from intake.spelling import bare

SAMPLE = 20  # rows that are looked at
EVIDENCE = 3  # filled cells that can speak against an exact word
# A header with one of these is about something else than what the rest of it says.
EXCLUDING = (
    "退款", "退货", "退回", "优惠", "折扣", "运费", "邮费", "税", "物流", "快递", "发货", "服务费", "手续费", "佣金",
    "积分", "红包", "补贴", "状态", "备注", "留言", "类型", "成本", "流水", "refund", "return", "discount", "tax",
    "vat", "shipping", "shipped", "freight", "courier", "carrier", "tracking", "status", "fee", "commission",
    "coupon", "compareat", "note", "points", "outstanding", "balance", "due", "cost", "margin", "profit", "last",
    "first", "owner", "created", "modified", "count",
)  # fmt: skip


@dataclass(frozen=True)
class Guess:
    """`mapping` {field: column} is sure, `maybe` is for a person to judge, `layout` names what made the file.

    `doubted` are those of `maybe` that are called so and don't look like it.
    """

    mapping: dict[str, str]
    maybe: dict[str, str] = field(default_factory=dict)
    layout: str = ""
    doubted: frozenset[str] = frozenset()

    @property
    def proposal(self) -> dict[str, str]:
        """What it comes to when the person agrees with everything but the doubts."""
        return self.mapping | {name: column for name, column in self.maybe.items() if name not in self.doubted}


def guessed(kind: Kind, columns: Sequence[str], sample: Sequence[Sequence[str]] = ()) -> Guess:
    """What the headers and the first rows say, in either language; each column is used once."""
    headers: dict[str, str] = {}
    for column in columns:
        headers.setdefault(bare(column), column)
    cells = {column: [row[at] for row in sample if at < len(row) and row[at]] for at, column in enumerate(columns)}
    layout = _layout(kind, headers)
    if layout is not None:
        return _by_layout(kind, layout, headers, cells)
    return _by_words(kind, headers, cells)


def best_kind(kinds: Sequence[Kind], columns: Sequence[str], sample: Sequence[Sequence[str]] = ()) -> Kind:
    """The kind that most of the headers speak of, first among those with all that they need."""

    def weight(kind: Kind) -> tuple[bool, bool, int, int]:
        guess = guessed(kind, columns, sample)
        enough = not kind.check(guess.mapping)
        return enough or not kind.check(guess.proposal), enough, len(guess.mapping), len(guess.maybe)

    return max(kinds, key=weight)


# --- layouts ---------------------------------------------------------------------------------------------------------
def _layout(kind: Kind, headers: Mapping[str, str]) -> Layout | None:
    """The one that asks for most of the headers."""
    fitting = [
        layout
        for layout in kind.layouts
        if all(bare(name) in headers for name in layout.signature)
        and not any(bare(name) in headers for name in layout.without)
    ]
    return max(fitting, key=lambda layout: len(layout.signature), default=None)


def _by_layout(kind: Kind, layout: Layout, headers: Mapping[str, str], cells: Mapping[str, Sequence[str]]) -> Guess:
    """Of several headers the first filled one counts; a column that doesn't look like it is only offered."""
    free, mapping, maybe = dict(headers), {}, {}
    for column in kind.columns:
        wanted = layout.fields.get(column.name, ())
        there = [bare(name) for name in ([wanted] if isinstance(wanted, str) else wanted) if bare(name) in free]
        there.sort(key=lambda name: not cells[free[name]])
        found = next((name for name in there if column.holds.fits(cells[free[name]])), None)
        if found:
            mapping[column.name] = free.pop(found)
        elif there:
            maybe[column.name] = free.pop(there[0])
    return Guess(mapping, maybe, layout.name)


# --- words -----------------------------------------------------------------------------------------------------------
def _by_words(kind: Kind, headers: Mapping[str, str], cells: Mapping[str, Sequence[str]]) -> Guess:
    free, mapping, maybe, doubted = dict(headers), {}, {}, set()
    for column in kind.columns:
        exact = [name for name in words_of(column) if name in free]
        fitting = [name for name in exact if len(cells[free[name]]) < EVIDENCE or column.holds.fits(cells[free[name]])]
        fitting.sort(key=lambda name: not cells[free[name]])  # a filled column before an empty one
        if fitting and not (column.single and len(fitting) > 1):
            mapping[column.name] = free.pop(fitting[0])
        elif exact:
            doubted |= set() if fitting else {column.name}
            maybe[column.name] = free.pop((fitting or exact)[0])
    for column in kind.columns:
        if column.name not in mapping and column.name not in maybe:
            near = next(
                (name for name in free if _is_near(column, name) and column.holds.fits(cells[free[name]])), None
            )
            if near:
                maybe[column.name] = free.pop(near)
    return Guess(mapping, maybe, doubted=frozenset(doubted))


def words_of(column: Column) -> list[str]:
    """The headers that mean this column: its code, its words, its names in both languages."""
    labels = []
    for language in ("en", "zh-hans"):
        with override(language):
            labels.append(str(column.label))
    return list(dict.fromkeys(map(bare, (column.name, *column.aliases, *labels))))


def _is_near(column: Column, header: str) -> bool:
    """Whether the header begins or ends with one of the column's words and no other word turns its meaning."""
    near = [bare(text) for text in column.near]
    if header in near:
        return True
    for known in [*words_of(column), *near]:
        long_enough = len(known) >= (4 if known.isascii() else 2)
        rest = header.removeprefix(known) if header.startswith(known) else header.removesuffix(known)
        if long_enough and rest != header and not any(other in rest for other in EXCLUDING):
            return True
    return False
