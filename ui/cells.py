"""What the cells of lists are made of, drawn once per value: fifty rows hold few different days, tiers and people.

The same pictures as the template tags; language and day are part of what is remembered.
"""

from __future__ import annotations

from datetime import date, datetime, time, tzinfo
from functools import cache, lru_cache
from html import escape
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import capfirst
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from core import clock
from ui import formatting
from ui.listing import Cell
from ui.templatetags import ui

DASH = mark_safe('<span class="muted">—</span>')
DASH_CELL = Cell(SafeString("—"), "muted")
_PLACE = 987654321  # a number that stands for the row's in a pattern


def row_url(name: str, pk: int) -> str:
    """The address of a row: `reverse` once for all rows."""
    before, after = _pattern(name, settings.ROOT_URLCONF)
    return f"{before}{pk}{after}"


@cache
def _pattern(name: str, urlconf: str) -> tuple[str, str]:
    before, _found, after = reverse(name, urlconf, args=[_PLACE]).partition(str(_PLACE))
    return before, after


@lru_cache(maxsize=4096)
def avatar(name: str, kind: str = "person", size: str = "") -> SafeString:
    """Initial on a muted ground."""
    return ui.avatar(name, kind, size)


def customer(name: str, href: str, kind: str) -> SafeString:
    """Avatar and name, linked where there is an address."""
    if not href:
        return _lettered(name, kind)
    css, letter = _avatar(name, kind)
    return mark_safe(  # noqa: S308
        f'<a class="ink {css}" href="{escape(href)}" data-letter="{letter}" data-user>{escape(name)}</a>'
    )


@lru_cache(maxsize=4096)
def _lettered(name: str, kind: str) -> SafeString:
    css, letter = _avatar(name, kind)
    return mark_safe(f'<span class="{css}" data-letter="{letter}" data-user>{escape(name)}</span>')  # noqa: S308


@lru_cache(maxsize=4096)
def _avatar(name: str, kind: str) -> tuple[str, str]:
    """Classes and letter of the avatar that the stylesheet draws before a name: one element where three would be."""
    company = " company" if kind == "company" else ""
    return f"lettered shade-{ui.shade(name)}{company}", escape(formatting.initials(name))


def escaped(text: str) -> SafeString:
    """Plain text as HTML."""
    return mark_safe(escape(text))  # noqa: S308


def typed(text: str) -> SafeString:
    """What a person typed."""
    return mark_safe(f"<span data-user>{escape(text)}</span>")  # noqa: S308


def row_menu(
    url: str, pk: int, label: str, title: str, icon: str, menu: str = "row-menu", version: int = 0
) -> SafeString:
    """The opener of a row's menu, which stands in `<template id="row-menu">`; without script it leads to `url`.

    `version`: the row's, for the forms of the menu that carry one.
    """
    return format_html(
        '<a class="button quiet icon-only" href="{}" data-menu-of="{}" data-pk="{}"{} data-icon="{}" aria-label="{}"'
        "{}></a>",
        url,
        menu,
        str(pk),
        format_html(' data-version="{}"', str(version)) if version else "",
        icon,
        label,
        format_html(' title="{}"', title) if title else "",
    )


@lru_cache(maxsize=1024)
def tag(label: str, tone: str = "") -> SafeString:
    """A status word."""
    return ui.tag(label, tone)


def alarm(words: str, tone: str) -> SafeString:
    """A tag with the sign of a warning before its words."""
    return format_html('<span class="tag {}" data-icon="triangle-alert">{}</span>', tone, capfirst(words))


def tier(tier: Any) -> SafeString:
    """Letter tile and word of a tier; None = not rated yet."""
    word, css, letter = tier_cell(tier)
    return format_html('<span class="{}"{}>{}</span>', css, letter, word)


def tier_cell(tier: Any) -> Cell:
    """`tier`, the letter drawn in front of the word, where a phone would draw the label: wants `phone=""`."""
    if tier is None:
        return _unrated_cell(get_language() or "")
    return _tier_cell(tier.name, tier.slot, tier.letter)


# By what is shown, not by the tier: the row stays the same when somebody renames it.
@lru_cache(maxsize=256)
def _tier_cell(name: str, slot: int, letter: str) -> Cell:
    return Cell(escaped(name), f"tier slot-{slot}", format_html(' data-letter="{}"', letter))


@lru_cache(maxsize=8)
def _unrated_cell(language: str) -> Cell:
    return Cell(escaped(capfirst(_("unrated"))), "tier none", SafeString(' data-letter="–"'))


def due(day: date | None, at: time | None = None, by: bool = False) -> SafeString:
    """A planned day with its tone; `by`: its time is the latest, no appointment."""
    return _due(get_language() or "", timezone.localdate(), day, at, by)


@lru_cache(maxsize=1024)
def _due(language: str, today: date, day: date | None, at: time | None, by: bool) -> SafeString:
    return ui.due(day, at, by)


@lru_cache(maxsize=1024)
def _due_cell(language: str, today: date, day: date | None) -> Cell:
    words, tone = formatting.due(day)
    return Cell(ui.tag(words, tone)) if tone else Cell(escaped(words), "digits")


def due_cell(day: date | None, today: date) -> Cell:
    """`due`; a later day is plain text."""
    return _due_cell(get_language() or "", today, day)


def since_cell(value: datetime | None, today: date, warn_after: int = 0) -> Cell:
    """How long ago, ochre when more than `warn_after` days lie between; the exact moment as tooltip."""
    if value is None:
        return DASH_CELL
    zone = timezone.get_current_timezone()
    at = value.astimezone(zone)
    if at.date() == today or (days := clock.days_since(value)) == 0:
        return _since_cell(at, 0, warn_after)  # minutes or hours ago: another word soon
    return _earlier_cell(get_language() or "", zone, today, at, days, warn_after)


@lru_cache(maxsize=4096)
def _earlier_cell(language: str, zone: tzinfo, today: date, at: datetime, days: int, warn_after: int) -> Cell:
    # the zone is said apart, because moments of two zones are equal
    return _since_cell(at, days, warn_after)


def _since_cell(at: datetime, days: int, warn_after: int) -> Cell:
    silent = warn_after and days > warn_after
    css = "digits tone-down strong" if silent else "digits"
    return Cell(escaped(formatting.ago(at)), css, format_html(' title="{}"', formatting.moment(at)))


def person_cell(name: str | None) -> Cell:
    """Avatar and name of a colleague; a tag when there is none."""
    return _person_cell(name) if name else Cell(person(None))


@lru_cache(maxsize=4096)
def _person_cell(name: str) -> Cell:
    css, letter = _avatar(name, "person")
    return Cell(escaped(name), css, mark_safe(f' data-letter="{letter}" data-user'))  # noqa: S308


def person(name: str | None) -> SafeString:
    """Avatar and name of a colleague; a tag when there is none."""
    return _lettered(name, "person") if name else ui.owner(None)


@lru_cache(maxsize=256)
def rfm_cell(r: int | None, f: int | None, m: int | None) -> Cell:
    """Three tiles, two of them drawn around the middle one."""
    if not (r and f and m):
        return DASH_CELL
    middle = format_html('<i class="wash-{0}" role="img" aria-label="R{1} F{0} M{2}">{0}</i>', f, r, m)
    return Cell(middle, "scores", format_html(' data-r="{}" data-m="{}"', r, m))
