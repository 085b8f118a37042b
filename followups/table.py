"""The cadence table as the company has set it: which line applies to whom."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import product

from core.memo import Memo
from customers.models import UNRATED, CustomerFacts
from followups.cadence import Phase, Range
from followups.models import CadenceRule, Category, Policy
from segmentation import catalogue, rfm

FREQUENCIES = ("", *rfm.FREQUENCY_CLASSES)
AMOUNTS = ("", *rfm.AMOUNT_CLASSES)


@dataclass(frozen=True)
class Line:
    """What applies to one kind of customer in one phase. `category` is that of the tier, whatever the phase."""

    between: Range
    category: str
    method: str
    other_method: str
    content: str
    policy: str

    @property
    def plans(self) -> bool:
        """Whether follow-ups are made by it."""
        return self.policy == Policy.TASK


Whom = tuple[str, str, str, str]  # scheme, tier, frequency class, amount class
Key = tuple[str, str, str, str, str]  # phase, scheme, tier, frequency class, amount class


class Table:
    """All lines, and the one that applies: the one that says most, tier before amount before frequency."""

    def __init__(self, rules: Iterable[CadenceRule]) -> None:
        self._rules: dict[Key, CadenceRule] = {
            (rule.phase, rule.scheme, rule.tier, rule.frequency, rule.amount): rule for rule in rules
        }

    def line(self, phase: Phase, scheme: str, tier: str, frequency: str, amount: str) -> Line | None:
        """The line for a customer of this scheme, tier (or "unrated") and purchase classes ("" = none)."""
        rule = self._most_specific(phase, scheme, tier, frequency, amount)
        if rule is None:
            return None
        long_term = self._most_specific(Phase.LONG_TERM, scheme, tier, frequency, amount)
        return Line(
            Range(rule.shortest, rule.longest),
            (long_term.category if long_term else "") or Category.REGULAR,
            rule.method,
            rule.other_method,
            rule.content,
            rule.policy,
        )

    def of(self, facts: CustomerFacts, scheme: str, phase: Phase) -> Line | None:
        """The line for a customer with these facts."""
        return self.line(phase, scheme, facts.tier, facts.frequency_class, facts.amount_class)

    def lines(self, whom: Iterable[Whom] | None = None) -> Iterator[tuple[Key, Line]]:
        """For these kinds of customers (default: every one there can be), the line that applies in each phase: what
        the night joins with."""
        for scheme, tier, frequency, amount in _everybody() if whom is None else whom:
            for phase in Phase:
                line = self.line(phase, scheme, tier, frequency, amount)
                if line is not None:
                    yield (phase.value, scheme, tier, frequency, amount), line

    def _most_specific(self, phase: Phase, scheme: str, tier: str, frequency: str, amount: str) -> CadenceRule | None:
        for t in _named(tier):
            for a in _named(amount):
                for f in _named(frequency):
                    for s in _named(scheme):
                        rule = self._rules.get((phase.value, s, t, f, a))
                        if rule is not None:
                            return rule
        return None


def _named(value: str) -> Sequence[str]:
    """The value itself before "all of them"."""
    return (value, "") if value else ("",)


def _everybody() -> Iterable[Whom]:
    """Every scheme with every tier, or none, and class; whose kind was changed keeps the tier of before for a day."""
    known = catalogue.tiers_by_code()
    codes = {UNRATED, *(code for _scheme, code in known)}
    return product(sorted({scheme for scheme, _code in known}), sorted(codes), FREQUENCIES, AMOUNTS)


read_table = Memo(lambda: Table(CadenceRule.objects.all()))
