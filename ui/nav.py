"""The menu: apps contribute their entries, people see those they hold the permission for."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, TypeAlias

from django.conf import settings
from django.db.models import Count, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce
from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from core.composed import composed
from core.contributions import MenuEntry, Registry, registry

GROUPS: Mapping[str, Promise | str] = {
    "work": "",
    "manage": _("Manage"),
    "rules": _("Rules"),
    "system": _("System"),
}
BADGE_CAP = 999


@dataclass(frozen=True)
class Link:
    """What the shell draws for one entry or action."""

    label: str
    url: str
    icon: str
    current: bool = False
    count: str = ""
    urgent: bool = False
    key: str = ""


Group: TypeAlias = tuple[str, tuple[Link, ...]]


def badges(user: Any, known: Mapping[str, int] | None = None) -> dict[str, int]:
    """The figures for this user, in one query; those that the page has counted already aren't counted again."""
    known = known or {}
    found = _figures(user, registry(), tuple(sorted(known)))
    return {name.removeprefix("n_"): figure for row in found for name, figure in row.items()} | dict(known)


@composed
def _figures(user: Any, contributed: Registry, known: tuple[str, ...]) -> QuerySet[Any, dict[str, int]]:
    names = {badge.name: badge for badge in contributed.badges.values() if badge.name not in known}
    counted = {f"n_{name}": _count(badge.rows(user)) for name, badge in names.items()}
    people = user._meta.model._default_manager  # unscoped: the person's own row carries the figures
    return people.filter(pk=user.pk).values(**counted)


def _count(rows: QuerySet) -> Coalesce:
    """The number of rows as a subquery."""
    counted = rows.order_by().annotate(all=Value(1)).values("all").annotate(n=Count("pk")).values("n")
    return Coalesce(Subquery(counted), 0)


def entries_of(user: Any) -> list[MenuEntry]:
    """The lines of the menu that this person has."""
    return [entry for entry in registry().menu.values() if _may(user, entry.permission) and _url(entry.page)]


def groups(entries: Iterable[MenuEntry], path: str, figures: Mapping[str, int]) -> tuple[Group, ...]:
    """The menu as (heading, links), without empty groups; at most one link is the current one."""
    current = _current(entries, path)
    drawn: dict[str, list[Link]] = {code: [] for code in GROUPS}
    for entry in entries:
        drawn[entry.group].append(_link(entry, entry is current, figures))
    return tuple((str(GROUPS[code]), tuple(links)) for code, links in drawn.items() if links)


def phone_bar(entries: Iterable[MenuEntry], path: str) -> tuple[Link, ...]:
    """Up to three links for the bottom bar of the phone, in their places."""
    current = _current(entries, path)
    placed = sorted((entry for entry in entries if entry.phone), key=lambda entry: entry.phone)
    return tuple(Link(str(e.phone_label or e.label), _url(e.page), e.icon, e is current) for e in placed[:3])


def actions(user: Any) -> tuple[Link, ...]:
    """What `user` may begin, in order."""
    chosen = [action for action in registry().begin.values() if _may(user, action.permission)]
    return tuple(Link(str(a.label), _url(a.page), a.icon, key=a.key) for a in chosen if _url(a.page))


def primary_action(user: Any) -> Link | None:
    """The action behind the + of the phone."""
    for action in registry().begin.values():
        if action.primary and _may(user, action.permission) and _url(action.page):
            return Link(str(action.label), _url(action.page), action.icon, key=action.key)
    return None


def unresolved() -> list[str]:
    """Pages of entries that no url pattern answers to; a test keeps this empty."""
    return [name for name in (*registry().menu, *registry().begin) if not _url(name)]


def _may(user: Any, permission: str) -> bool:
    return not permission or user.can(permission)


def _url(name: str) -> str:
    return _address(name, settings.ROOT_URLCONF)


@cache
def _address(name: str, urlconf: str) -> str:
    """Asked for a hundred times a page and never another one while the process lives."""
    try:
        return reverse(name, urlconf)
    except NoReverseMatch:
        return ""


def _current(entries: Iterable[MenuEntry], path: str) -> MenuEntry | None:
    """The entry whose address is the longest beginning of `path`; "/" only matches itself."""
    best: tuple[int, MenuEntry | None] = (0, None)
    for entry in entries:
        for url in map(_url, (entry.page, *entry.also)):
            inside = path == url or (len(url) > 1 and path.startswith(url))
            if inside and len(url) > best[0]:
                best = (len(url), entry)
    return best[1]


def _link(entry: MenuEntry, current: bool, figures: Mapping[str, int]) -> Link:
    figure = figures.get(entry.badge, 0) if entry.badge else 0
    return Link(str(entry.label), _url(entry.page), entry.icon, current, capped(figure), entry.urgent, entry.key)


def capped(figure: int) -> str:
    """A figure for a badge: nothing for 0, 999+ for more."""
    return f"{BADGE_CAP}+" if figure > BADGE_CAP else str(figure or "")
