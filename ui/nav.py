"""The menu: apps register their entries at start-up, people see those they hold the permission for.

An entry appears with the feature behind it, never before: register it in the app's `ready()`.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.conf import settings
from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

GROUPS: Mapping[str, Promise | str] = {
    "work": "",
    "manage": _("Manage"),
    "rules": _("Rules"),
    "system": _("System"),
}
BADGE_CAP = 999


@dataclass(frozen=True)
class Entry:
    """One line of the menu. `badge` names a figure of the badge source; `phone` = place 1-3 in the bottom bar."""

    label: Promise | str
    url_name: str
    icon: str
    permission: str = ""
    group: str = "work"
    order: int = 50
    badge: str = ""
    urgent: bool = False
    phone: int = 0
    phone_label: Promise | str = ""
    key: str = ""


@dataclass(frozen=True)
class Action:
    """Something to begin from anywhere: the "New" menu, the palette, the + of the phone (`primary`)."""

    label: Promise | str
    url_name: str
    icon: str
    permission: str = ""
    order: int = 50
    key: str = ""
    primary: bool = False


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


_entries: dict[str, Entry] = {}
_actions: dict[str, Action] = {}
_badge_source: Callable[[Any], Mapping[str, int]] | None = None


def register(label: Promise | str, url_name: str, icon: str, permission: str = "", **more: Any) -> None:
    """Add a menu entry (fields of Entry); registering the same url name again replaces it."""
    entry = Entry(label, url_name, icon, permission, **more)
    if entry.group not in GROUPS:
        raise ValueError(f"unknown menu group {entry.group!r}; one of {', '.join(GROUPS)}")
    _entries[url_name] = entry


def register_action(label: Promise | str, url_name: str, icon: str, permission: str = "", **more: Any) -> None:
    """Add something to begin (fields of Action)."""
    _actions[url_name] = Action(label, url_name, icon, permission, **more)


def count_badges_with(source: Callable[[Any], Mapping[str, int]]) -> None:
    """Set the one function user -> {badge name: figure}; it runs at most once a page, so it must be one cheap query.

    The name "inbox" feeds the bell.
    """
    global _badge_source
    _badge_source = source


def badges(user: Any) -> Mapping[str, int]:
    """The figures for this user; empty without a source."""
    return _badge_source(user) if _badge_source else {}


def groups(user: Any, path: str, figures: Mapping[str, int]) -> list[tuple[str, list[Link]]]:
    """The menu of `user` as (heading, links), without empty groups; at most one link is the current one."""
    entries = sorted((e for e in _entries.values() if _may(user, e.permission)), key=lambda e: e.order)
    current = _current(entries, path)
    drawn = [(e.group, _link(e, e is current, figures)) for e in entries if _url(e.url_name)]
    return [
        (str(heading), [link for group, link in drawn if group == code])
        for code, heading in GROUPS.items()
        if any(group == code for group, _ in drawn)
    ]


def phone_bar(user: Any, path: str) -> list[Link]:
    """Up to three links for the bottom bar of the phone, in their places."""
    entries = sorted((e for e in _entries.values() if e.phone and _may(user, e.permission)), key=lambda e: e.phone)
    current = _current([e for e in _entries.values() if _may(user, e.permission)], path)
    return [
        Link(str(e.phone_label or e.label), _url(e.url_name), e.icon, e is current) for e in entries if _url(e.url_name)
    ][:3]


def actions(user: Any) -> list[Link]:
    """What `user` may begin, in order."""
    chosen = sorted((a for a in _actions.values() if _may(user, a.permission)), key=lambda a: a.order)
    return [Link(str(a.label), _url(a.url_name), a.icon, key=a.key) for a in chosen if _url(a.url_name)]


def primary_action(user: Any) -> Link | None:
    """The action behind the + of the phone."""
    for action in _actions.values():
        if action.primary and _may(user, action.permission) and _url(action.url_name):
            return Link(str(action.label), _url(action.url_name), action.icon, key=action.key)
    return None


def unresolved() -> list[str]:
    """Registered url names that no url pattern answers to; a test keeps this empty."""
    return [name for name in (*_entries, *_actions) if not _url(name)]


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


def _current(entries: Iterable[Entry], path: str) -> Entry | None:
    """The entry whose address is the longest beginning of `path`; "/" only matches itself."""
    best: tuple[int, Entry | None] = (0, None)
    for entry in entries:
        url = _url(entry.url_name)
        inside = path == url or (len(url) > 1 and path.startswith(url))
        if inside and len(url) > best[0]:
            best = (len(url), entry)
    return best[1]


def _link(entry: Entry, current: bool, figures: Mapping[str, int]) -> Link:
    figure = figures.get(entry.badge, 0) if entry.badge else 0
    return Link(str(entry.label), _url(entry.url_name), entry.icon, current, capped(figure), entry.urgent, entry.key)


def capped(figure: int) -> str:
    """A figure for a badge: nothing for 0, 999+ for more."""
    return f"{BADGE_CAP}+" if figure > BADGE_CAP else str(figure or "")
