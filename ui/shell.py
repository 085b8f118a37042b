"""What every page's shell needs. All of it is lazy: a fragment that draws no shell costs nothing."""

from functools import cached_property
from typing import Any

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject
from django.utils.translation import get_language

from core import first_steps
from core.company import company
from core.contributions import MenuEntry, registry
from core.cookies import host_name
from ui import nav

THEMES = ("light", "dark")


class Shell:
    """Menu, badges and personal settings of one request; each part is worked out once, when a template asks."""

    def __init__(self, request: HttpRequest) -> None:
        self.request = request
        self.user = getattr(request, "user", None)

    @cached_property
    def badges(self) -> dict[str, int]:
        return nav.badges(self.user, getattr(self.request, "known_badges", None))

    @cached_property
    def entries(self) -> list[MenuEntry]:
        return nav.entries_of(self.user)

    @cached_property
    def groups(self) -> tuple[nav.Group, ...]:
        return nav.groups(self.entries, self.request.path, self.badges)

    @cached_property
    def phone_bar(self) -> tuple[nav.Link, ...]:
        return nav.phone_bar(self.entries, self.request.path)

    @cached_property
    def actions(self) -> tuple[nav.Link, ...]:
        return nav.actions(self.user)

    @cached_property
    def primary(self) -> nav.Link | None:
        return nav.primary_action(self.user)

    @cached_property
    def unread(self) -> int:
        return self.badges.get("inbox", 0)

    @cached_property
    def unread_text(self) -> str:
        return "99+" if self.unread > 99 else str(self.unread)

    @cached_property
    def may_search(self) -> bool:
        return any(self.user.can(source.permission) for source in registry().search.values())

    @cached_property
    def first_steps_wait(self) -> bool:
        return self.user is not None and first_steps.wait_for(self.user)

    @cached_property
    def subtitle(self) -> str:
        """Company and team under the brand."""
        team = getattr(self.user, "team", None)
        return f"{company().name} · {team.name}" if team else company().name


def theme_of(request: HttpRequest) -> str:
    """light, dark, or "" for what the device prefers: the cookie, else the profile."""
    wanted = request.COOKIES.get(host_name("theme"), "") or getattr(getattr(request, "user", None), "theme", "")
    return wanted if wanted in THEMES else ""


def html_lang() -> str:
    """The language tag of the page: zh-Hans or en."""
    return "en" if (get_language() or "").startswith("en") else "zh-Hans"


def shell(request: HttpRequest) -> dict[str, Any]:
    """Context of every template: company, shell, theme and html_lang."""
    return {
        "company": SimpleLazyObject(company),
        "shell": Shell(request),
        "theme": SimpleLazyObject(lambda: theme_of(request)),
        "html_lang": SimpleLazyObject(html_lang),
    }
