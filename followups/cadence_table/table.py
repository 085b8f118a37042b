"""The cadence table as the company has set it: which line applies to whom."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any

from core.memo import Memo
from customers.models import UNRATED, CustomerFacts
from followups.cadence import Phase, Range
from followups.models import CadenceRule, Category, Policy
from segmentation import catalogue, rfm

FREQUENCIES = ("", *rfm.FREQUENCY_CLASSES)
NOT_FOR_NEW = (Policy.REVIEW, Policy.AUTOMATIC)
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
    template: int | None = None  # with which a message goes by itself; None: the one that fits best

    @property
    def reviews(self) -> bool:
        """Whether its customers stand on the review list of the quarter."""
        return self.policy == Policy.REVIEW

    @property
    def plans(self) -> bool:
        """Whether follow-ups are made by it."""
        return self.policy != Policy.NONE


Whom = tuple[str, str, str, str]  # scheme, tier, frequency class, amount class
Key = tuple[str, str, str, str, str]  # phase, scheme, tier, frequency class, amount class
Content = tuple[tuple[Any, ...], ...]
SAID = (
    *("phase", "scheme", "tier", "frequency", "amount", "shortest", "longest"),
    *("category", "method", "other_method", "content", "policy"),
)


class Table:
    """All lines, and the one that applies: the one that says most, tier before amount before frequency."""

    def __init__(self, rules: Iterable[CadenceRule]) -> None:
        self._rules: dict[Key, CadenceRule] = {
            (rule.phase, rule.scheme, rule.tier, rule.frequency, rule.amount): rule for rule in rules
        }
        # What no line names isn't looked for: with few exceptions that is most of it.
        self._tiers, self._amounts, self._frequencies = ({key[n] for key in self._rules} for n in (2, 4, 3))

    @property
    def content(self) -> Content:
        """What the lines say of dates, to compare tables by."""
        return tuple(tuple(getattr(rule, name) for name in SAID) for _key, rule in sorted(self._rules.items()))

    @classmethod
    def of_content(cls, content: Content) -> Table:
        """A table made of what `content` gave."""
        return cls(CadenceRule(**dict(zip(SAID, said, strict=True))) for said in content)

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
            # Whoever is new is contacted within 24 hours, whatever is done with them later.
            Policy.TASK if phase == Phase.NEW and rule.policy in NOT_FOR_NEW else rule.policy,
            rule.template_id,
        )

    def of(self, facts: CustomerFacts, scheme: str, phase: Phase) -> Line | None:
        """The line for a customer with these facts."""
        return self.line(phase, scheme, facts.tier, facts.frequency_class, facts.amount_class)

    def lines(self, whom: Iterable[Whom]) -> Iterator[tuple[Key, Line]]:
        """For these kinds of customers, the line that applies in each phase: what the night joins with."""
        for scheme, tier, frequency, amount in whom:
            for phase in Phase:
                line = self.line(phase, scheme, tier, frequency, amount)
                if line is not None:
                    yield (phase.value, scheme, tier, frequency, amount), line

    def _most_specific(self, phase: Phase, scheme: str, tier: str, frequency: str, amount: str) -> CadenceRule | None:
        for t in _named(tier, self._tiers):
            for a in _named(amount, self._amounts):
                for f in _named(frequency, self._frequencies):
                    for s in (scheme, ""):
                        rule = self._rules.get((phase.value, s, t, f, a))
                        if rule is not None:
                            return rule
        return None


def _named(value: str, by_lines: Collection[str]) -> Sequence[str]:
    """The value itself, where a line names it, before "all of them"."""
    return (value, "") if value in by_lines else ("",)


def everybody() -> Iterable[Whom]:
    """Every scheme with every tier, or none, and class; whose kind was changed keeps the tier of before for a day."""
    known = catalogue.tiers_by_code()
    codes = {UNRATED, *(code for _scheme, code in known)}
    return product(sorted({scheme for scheme, _code in known}), sorted(codes), FREQUENCIES, AMOUNTS)


read_table = Memo(lambda: Table(CadenceRule.objects.all()))
