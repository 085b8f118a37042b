"""The board of data quality: figures of the files in reach by owner, of many owners by team, and the way to the rows.

Each figure is counted by the condition of the list that opens behind it, so both say the same.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.filters import NOBODY
from accounts.models import Team, User
from accounts.selectors import measured, team_labels
from core import clock
from customers import required, selectors
from customers.completeness import asked_of_everybody
from customers.duplicates.selectors import pairs_for
from customers.models import DuplicatePair, Interaction, ReviewSheet
from customers.quality import figures
from customers.quality.figures import Files
from customers.words import sort_key
from ui import charts, formatting

MANY = 25  # owners: more are shown by team
MONTHS = 12


@dataclass(frozen=True)
class Cell:
    """How many lack one field, of how many, and where they are listed."""

    count: int
    share: float
    url: str

    @property
    def wash(self) -> int:
        return charts.wash(self.share)


@dataclass(frozen=True)
class Row:
    """The files of one owner, or of a team."""

    name: str
    files: Files
    query: str  # of the lists that open: "owner=3"
    fields: Sequence[tuple[str, Any]]
    told: bool  # whether the reader may know the percentage

    @property
    def completeness(self) -> float | None:
        return self.files.completeness if self.told else None

    def _list(self, **asked: str) -> str:
        return f"{reverse('data_quality')}?{urlencode(asked)}{'&' + self.query if self.query else ''}"

    @property
    def cells(self) -> list[Cell]:
        return [
            Cell(n, n / self.files.files if self.files.files else 0, self._list(tab="missing", lacks=name))
            for name, _label in self.fields
            for n in (self.files.lacks.get(name, 0),)
        ]

    @property
    def incomplete(self) -> int:
        return self.files.files - self.files.complete

    @property
    def incomplete_url(self) -> str:
        return self._list(tab="missing")

    @property
    def phones_url(self) -> str:
        return self._list(tab="numbers")

    @property
    def mails_url(self) -> str:
        return self._list(tab="mails")

    @property
    def stale_url(self) -> str:
        return f"{reverse('verification_list')}?tab=all{'&' + self.query if self.query else ''}"


class Board:
    """What one person sees, of all files in reach or of one team."""

    def __init__(self, user: User, team: Team | None = None) -> None:
        self.user, self.team, self.today = user, team, clock.business_date()
        self.month = self.today.replace(day=1)
        self.fields = required.wanted_of_anybody(user)
        self.told = asked_of_everybody(user)
        self.lacking: list[tuple[str, Any]] = []  # of them those that somebody lacks, once the rows were counted

    @cached_property
    def rows(self) -> list[Row]:
        """Worst first: those of whose files most lack something."""
        rows = selectors.customers_for(self.user, pool=False)
        if self.team is not None:
            rows = rows.filter(team__path__startswith=self.team.path)
        names = [name for name, _label in self.fields]
        by = "team" if self.by_team else "owner"
        counted = figures.count(rows, by, names, self.today)
        self.lacking = [one for one in self.fields if any(files.lacks[one[0]] for files in counted.values())]
        known: Mapping[int, Any] = (Team if self.by_team else User).objects.in_bulk([pk for pk in counted if pk])
        names_of = team_labels(known.values()) if self.by_team else {pk: one.name for pk, one in known.items()}
        key = "in_team" if self.by_team else "owner"
        found = [self._row(names_of[pk], files, **{key: pk}) for pk, files in counted.items() if pk]
        if None in counted:  # for who sees all: the pool, and whose owner is in no team
            name = _("no team") if self.by_team else _("Unassigned pool")
            found.append(self._row(name, counted[None], **{key: NOBODY}))
        return sorted(found, key=lambda row: (row.files.completeness or 0, sort_key(row.name)))

    @cached_property
    def by_team(self) -> bool:
        """Of many people the table would be too long to be read."""
        people = measured(self.user, left=True)
        return people.count() > MANY

    def _row(self, name: str, files: Files, **narrowed: Any) -> Row:
        return Row(name, files, urlencode(narrowed), self.lacking, self.told)

    @cached_property
    def total(self) -> Row:
        """All of them."""
        whole = figures.together(row.files for row in self.rows)
        return self._row(_("Total"), whole, **({"team": self.team.pk} if self.team else {}))

    # --- the other figures
    @cached_property
    def pairs(self) -> int:
        """Pairs of suspected duplicates that wait for a decision, both in reach."""
        return pairs_for(self.user).filter(state=DuplicatePair.State.OPEN).count()

    @cached_property
    def reviews(self) -> int:
        """Monthly sheets in reach that nobody has signed off."""
        return ReviewSheet.objects.for_user(self.user).filter(signed_at=None).count()

    @cached_property
    def without_owner(self) -> int:
        """Customers of the pool."""
        return selectors.customers_for(self.user).filter(owner=None).count()

    @cached_property
    def visits(self) -> Mapping[str, int]:
        """Visits of the month, and those of them that were written up late."""
        people = measured(self.user, left=True).values("pk")
        rows = Interaction.objects.for_user(self.user).filter(figures.ruled_in(self.month), user__in=people)
        return {"all": rows.count(), "late": rows.filter(late=True).count()}

    @property
    def late_url(self) -> str:
        return f"{reverse('team_visits')}?{urlencode({'month': f'{self.month:%Y-%m}', 'late': 'yes'})}"

    # --- the trend
    @cached_property
    def trend(self) -> list[tuple[date, Files]]:
        """What was kept at the end of each month, and where it stands today."""
        months = clock.months_back(self.month, MONTHS)[:-1]
        kept = figures.kept(self.user, months, self.team)
        return [*((month, kept[month]) for month in months if month in kept), (self.month, self.total.files)]

    @property
    def chart(self) -> str:
        """The share of files that are to be verified, month by month."""
        shares = [(files.stale_share or 0) * 100 for _month, files in self.trend]
        labels = [formatting.month_short(month) for month, _files in self.trend]
        return charts.columns(labels, shares, _("Share of files to verify"), hot=[len(shares) - 1])

    @property
    def heads(self) -> list[str]:
        return [
            _("Month"),
            _("Completeness"),
            _("To verify"),
            _("Numbers that can't be called"),
            _("E-mail that comes back"),
            _("Written up late"),
        ]

    @property
    def numbers(self) -> list[list[Any]]:
        """The table under it."""
        return [
            [
                formatting.month(month),
                formatting.percent(files.completeness if self.told else None, 1),
                formatting.percent(files.stale_share, 1),
                formatting.number(files.phones),
                formatting.number(files.mails),
                formatting.number(files.late),
            ]
            for month, files in self.trend
        ]
