"""Lucide icons as inline SVG. A page collects the symbols it uses and carries each of them once."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import lru_cache
from xml.etree import ElementTree

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from lucide import IconDoesNotExist, _load_icon

__all__ = ["IconDoesNotExist", "are_collected", "collecting", "drawing", "icon", "note", "sprite"]

# None = no page around (an htmx fragment): the drawing itself is written. A set = the page's sprite to come.
_collected: ContextVar[set[str] | None] = ContextVar("icons_of_the_page", default=None)


@lru_cache(maxsize=512)
def drawing(name: str) -> SafeString:
    """The inner SVG markup of the Lucide icon `name`; raises lucide.IconDoesNotExist for a wrong name."""
    lines: list[str] = []
    shapes: list[str] = []
    for shape in _load_icon(name):
        if set(shape.keys()) == {"d"}:
            # One path for all lines: fewer elements on every page. A relative start counts from the corner.
            start = "M0 0" if shape.attrib["d"].startswith("m") else ""
            lines.append(start + shape.attrib["d"])
        else:
            shapes.append(ElementTree.tostring(shape, encoding="unicode").strip().replace(" />", "/>"))
    path = [f'<path d="{"".join(lines)}"/>'] if lines else []
    return mark_safe("".join([*shapes, *path]))


def icon(name: str, css: str = "") -> SafeString:
    """An `<svg class="icon">` that assistive technology skips; the word beside it carries the meaning."""
    used = _collected.get()
    if used is not None:
        used.add(name)
    return _svg(name, css, used is not None)


@lru_cache(maxsize=1024)
def _svg(name: str, css: str, collected: bool) -> SafeString:
    inner = drawing(name)
    classes = f"icon {css}".strip()
    if not collected:
        return format_html('<svg class="{}" viewBox="0 0 24 24" aria-hidden="true">{}</svg>', classes, inner)
    return format_html('<svg class="{}" aria-hidden="true"><use href="#i-{}"/></svg>', classes, name)


def are_collected() -> bool:
    """Whether a page around refers to its sprite."""
    return _collected.get() is not None


def note(names: Iterable[str]) -> None:
    """These icons stand on the page, drawn by somebody who remembers their markup."""
    used = _collected.get()
    if used is not None:
        used.update(names)


@contextmanager
def collecting() -> Iterator[set[str]]:
    """While open, icon() refers to symbols and notes their names in the yielded set."""
    used: set[str] = set()
    token = _collected.set(used)
    try:
        yield used
    finally:
        _collected.reset(token)


def sprite(names: Iterable[str]) -> SafeString:
    """One hidden `<svg>` with a `<symbol>` for each name; empty for no names."""
    return _sprite(frozenset(names))


@lru_cache(maxsize=256)
def _sprite(names: frozenset[str]) -> SafeString:
    if not names:
        return mark_safe("")
    symbols = format_html_join(
        "", '<symbol id="i-{}" viewBox="0 0 24 24">{}</symbol>', ((name, drawing(name)) for name in sorted(names))
    )
    return format_html('<svg class="visually-hidden" aria-hidden="true"><defs>{}</defs></svg>', symbols)
