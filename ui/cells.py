"""What the cells of lists are made of, drawn once per value: fifty rows hold few different days, tiers and people.

The same pictures as the template tags; language and day are part of what is remembered.
"""

from __future__ import annotations

from datetime import date, time
from functools import cache, lru_cache
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

from ui import icons
from ui.templatetags import ui

DASH = mark_safe('<span class="muted">—</span>')
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
    """Avatar and linked name."""
    link = f'<a class="ink" href="{escape(href)}" data-user>{escape(name)}</a>'
    return mark_safe(f'<span class="who">{avatar(name, kind)}{link}</span>')  # noqa: S308


def typed(text: str) -> SafeString:
    """What a person typed."""
    return mark_safe(f"<span data-user>{escape(text)}</span>")  # noqa: S308


def row_menu(url: str, pk: int, label: str, title: str, icon: str) -> SafeString:
    """The opener of a row's menu, which stands in `<template id="row-menu">`; without script it leads to `url`."""
    return format_html(
        '<a class="button quiet icon-only" href="{}" data-menu-of="row-menu" data-pk="{}" aria-label="{}" title="{}">'
        "{}</a>",
        url,
        str(pk),
        label,
        title,
        icons.icon(icon),
    )


@lru_cache(maxsize=1024)
def tag(label: str, tone: str = "") -> SafeString:
    """A status word."""
    return ui.tag(label, tone)


def tier(tier: Any) -> SafeString:
    """Letter tile and word of a tier; None = not rated yet."""
    return _tier(get_language() or "", tier)


@lru_cache(maxsize=256)
def _tier(language: str, tier: Any) -> SafeString:
    return ui.tier(tier)


def due(day: date | None, at: time | None = None) -> SafeString:
    """A planned day with its tone."""
    return _due(get_language() or "", timezone.localdate(), day, at)


@lru_cache(maxsize=1024)
def _due(language: str, today: date, day: date | None, at: time | None) -> SafeString:
    return ui.due(day, at)


def person(name: str | None) -> SafeString:
    """Avatar and name of a colleague; a tag when there is none."""
    return _person(get_language() or "", name)


@lru_cache(maxsize=4096)
def _person(language: str, name: str | None) -> SafeString:
    return ui.owner(name)


@lru_cache(maxsize=256)
def rfm(r: int | None, f: int | None, m: int | None) -> SafeString:
    """Three tiles."""
    return ui.rfm(r, f, m)
