"""What a person should look at before a customer file is written: counted by the dry run, and in words."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import Any

from django.utils.translation import ngettext_lazy

from customers.imports.nameless import NAMELESS_OPTION
from customers.imports.rows import ALIKE, LEFT_OUT, MADE, TAKEN, Match
from customers.imports.settling import RULE_OPTION
from intake.kinds import Question
from intake.understood import SHOWN_NAMES, SHOWN_ROWS

KNOWN_NAMES = 1_000
# Of customers that any file brings.
NAMELESS_CUSTOMERS = Question(
    ngettext_lazy(
        "%(count)s new customer has no name: the number stands for it.",
        "%(count)s new customers have no name: the number stands for it.",
        "count",
    )
)
NEW_CHANNELS = Question(
    ngettext_lazy(
        "%(count)s row names a channel that is new: %(names)s.",
        "%(count)s rows name channels that are new: %(names)s.",
        "count",
    )
)
# Each code with its sentence; `names` are the words of the file that it is about.
QUESTIONS = {
    "nameless": replace(NAMELESS_CUSTOMERS, option=NAMELESS_OPTION),
    "without_name": Question(
        ngettext_lazy(
            "%(count)s row of a new customer has no name: it is left out.",
            "%(count)s rows of new customers have no name: they are left out.",
            "count",
        ),
        serious=True,
        option=NAMELESS_OPTION,
    ),
    "new_channels": NEW_CHANNELS,
    "new_industries": Question(
        ngettext_lazy(
            "%(count)s row names an industry that is new: %(names)s.",
            "%(count)s rows name industries that are new: %(names)s.",
            "count",
        )
    ),
    "new_sizes": Question(
        ngettext_lazy(
            "%(count)s row names a company size that is new: %(names)s.",
            "%(count)s rows name company sizes that are new: %(names)s.",
            "count",
        )
    ),
    "new_standings": Question(
        ngettext_lazy(
            "%(count)s row names a market standing that is new: %(names)s.",
            "%(count)s rows name market standings that are new: %(names)s.",
            "count",
        )
    ),
    "new_incomes": Question(
        ngettext_lazy(
            "%(count)s row names an income band that is new: %(names)s.",
            "%(count)s rows name income bands that are new: %(names)s.",
            "count",
        )
    ),
    "new_styles": Question(
        ngettext_lazy(
            "%(count)s row names a decision style that is new: %(names)s.",
            "%(count)s rows name decision styles that are new: %(names)s.",
            "count",
        )
    ),
    "other_names": Question(
        ngettext_lazy(
            "%(count)s row gives another name to a phone or e-mail that a customer has: %(names)s. Nobody is renamed.",
            "%(count)s rows give other names to phones or e-mails that customers have: %(names)s. Nobody is renamed.",
            "count",
        ),
        serious=True,
        option=RULE_OPTION,
        by_row=True,
    ),
    ALIKE: Question(
        ngettext_lazy(
            "%(count)s row has the name of a company that is there: %(names)s.",
            "%(count)s rows have the names of companies that are there: %(names)s.",
            "count",
        ),
        serious=True,
        option=RULE_OPTION,
        by_row=True,
    ),
    TAKEN: Question(
        ngettext_lazy(
            "%(count)s row that may be somebody who is there updates that customer, as chosen: %(names)s.",
            "%(count)s rows that may be somebody who is there update that customer, as chosen: %(names)s.",
            "count",
        ),
        option=RULE_OPTION,
        by_row=True,
    ),
    MADE: Question(
        ngettext_lazy(
            "%(count)s row that may be somebody who is there makes a new customer, as chosen.",
            "%(count)s rows that may be somebody who is there make new customers, as chosen.",
            "count",
        ),
        option=RULE_OPTION,
        by_row=True,
    ),
    LEFT_OUT: Question(
        ngettext_lazy(
            "%(count)s row that may be somebody who is there is left out, as chosen.",
            "%(count)s rows that may be somebody who is there are left out, as chosen.",
            "count",
        ),
        option=RULE_OPTION,
        by_row=True,
    ),
    "twins": Question(
        ngettext_lazy(
            "%(count)s row brings a new number for a name and phone that are there already: %(names)s.",
            "%(count)s rows bring new numbers for names and phones that are there already: %(names)s.",
            "count",
        ),
        serious=True,
        option=RULE_OPTION,
        by_row=True,
    ),
    "masked_twins": Question(
        ngettext_lazy(
            "%(count)s row has the name of a customer whose phone or e-mail you see masked: %(names)s.",
            "%(count)s rows have names of customers whose phone or e-mail you see masked: %(names)s.",
            "count",
        ),
        serious=True,
        option=RULE_OPTION,
        by_row=True,
    ),
    "several": Question(
        ngettext_lazy(
            "%(count)s row may mean several customers: %(names)s.",
            "%(count)s rows may each mean several customers: %(names)s.",
            "count",
        ),
        serious=True,
        option=RULE_OPTION,
        by_row=True,
    ),
    "elsewhere": Question(
        ngettext_lazy(
            "%(count)s row means a customer of a colleague or of the pool: %(names)s.",
            "%(count)s rows mean customers of colleagues or of the pool: %(names)s.",
            "count",
        ),
    ),
    "no_owners": Question(
        ngettext_lazy(
            "%(count)s row names an owner who isn't found: %(names)s.",
            "%(count)s rows name owners who aren't found: %(names)s.",
            "count",
        ),
        serious=True,
    ),
    "required": Question(
        ngettext_lazy(
            "%(count)s row lacks fields that a new customer must have: %(names)s.",
            "%(count)s rows lack fields that a new customer must have: %(names)s.",
            "count",
        ),
        serious=True,
    ),
    "lacking": Question(
        ngettext_lazy(
            "%(count)s new customer lacks fields that the form asks for: %(names)s. Data quality will list it.",
            "%(count)s new customers lack fields that the form asks for: %(names)s. Data quality will list them.",
            "count",
        ),
    ),
    "masked_kept": Question(
        ngettext_lazy(
            "%(count)s row fills fields that you see masked: they stay as they are.",
            "%(count)s rows fill fields that you see masked: they stay as they are.",
            "count",
        ),
    ),
}


class Questions:
    """Rows of a dry run that ask the same: how many, the first of them, the commonest names."""

    def __init__(self) -> None:
        self._rows: dict[str, int] = {}
        self._first: dict[str, list[int]] = {}
        self._names: dict[str, Counter[str]] = {}

    def note(self, match: Match) -> None:
        """Count the row under what it asks, once for each code."""
        for code in dict(match.asks):
            self._rows[code] = self._rows.get(code, 0) + 1
            first = self._first.setdefault(code, [])
            if len(first) < SHOWN_ROWS:
                first.append(match.place)
        for code, name in match.asks:
            names = self._names.setdefault(code, Counter())
            if name and (name in names or len(names) < KNOWN_NAMES):
                names[name] += 1

    def as_json(self) -> list[dict[str, Any]]:
        """As understood.asked_by reads it, each with the commonest names."""
        return [
            {
                "code": code,
                "count": count,
                "rows": self._first[code],
                "names": [name for name, _times in self._names[code].most_common(SHOWN_NAMES + 1)],
            }
            for code, count in self._rows.items()
        ]
