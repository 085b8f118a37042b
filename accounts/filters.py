"""Filters of lists by a row of another table: a person, a team, a customer."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from django import forms
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.access import M, Rows
from accounts.models import Team
from core.http import row_id
from ui import formatting
from ui.listing import Asked, Filter, Words

NOBODY = "none"  # in an address: rows without one
Choices = Callable[[Asked], Sequence[tuple[str, Words]]]
Control = Callable[[Asked], forms.Field | None]


def named_filter(
    key: str,
    label: Words,
    rows: Rows[M],
    where: str,
    *,
    name_in_row: Callable[[Any], str] | None = None,
    choices: Choices | None = None,
    chip: bool = True,
    nobody: Words = "",
) -> Filter:
    """Narrows a list to what the lookup `where` says of one row of `rows`, asked for by its id; with `nobody`, a word
    for it, also to those without one.

    The chip names that row where the reader may know of it. With `name_in_row` the first row of the list says the name,
    where there is one: for people whom somebody may not look up, but sees beside each row of this list.
    """

    def read(asked: Asked, text: str) -> int | None:
        return 0 if nobody and text == NOBODY else row_id(text) or None

    def name(asked: Asked, pk: int) -> Words:
        if not pk:
            return nobody
        if name_in_row is not None and asked.page.rows:
            return name_in_row(asked.page.rows[0])
        found = rows.for_user(asked.user).filter(pk=pk).values_list("name", flat=True).first()
        return str(found or formatting.DASH)

    return Filter(
        key,
        label,
        read=read,
        where=lambda asked, pk: Q(**{where: pk or None}),
        words=name,
        choices=choices,
        chip=chip,
    )


def team_filter(path: str, *, choices: Choices | None = None, control: Control | None = None) -> Filter:
    """Narrows to a team and the teams below it, if the reader may see that team. `path` leads to the path of a team;
    an empty one narrows nothing: for lists whose rows depend on the team already."""
    return Filter(
        "team",
        _("Team"),
        read=team_named,
        where=lambda asked, team: Q(**{f"{path}__startswith": team.path}) if path else Q(),
        words=lambda asked, team: team.name,
        choices=choices,
        control=control,
    )


def team_named(asked: Asked, text: str) -> Team | None:
    """The team of this id, if it is one that the reader may see."""
    wanted = row_id(text)
    return None if wanted is None else Team.objects.for_user(asked.user).filter(pk=wanted).first()
