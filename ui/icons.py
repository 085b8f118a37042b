"""Lucide icons as inline SVG. A page collects the symbols it uses and carries each of them once."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from functools import lru_cache
from xml.etree import ElementTree

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from lucide import IconDoesNotExist, _load_icon

__all__ = ["IconDoesNotExist", "are_collected", "collecting", "drawing", "drawn", "icon", "note", "sprite"]

# None = no page around (an htmx fragment): the drawing itself is written. A set = the page's sprite to come.
_collected: ContextVar[set[str] | None] = ContextVar("icons_of_the_page", default=None)


@lru_cache(maxsize=512)
def drawing(name: str) -> SafeString:
    """The inner SVG markup of the Lucide icon `name`; raises lucide.IconDoesNotExist for a wrong name."""
    line, others = _line(name)
    path = [f'<path d="{line}"/>'] if line else []
    return mark_safe("".join([*others, *path]))


@lru_cache(maxsize=512)
def _line(name: str) -> tuple[str, tuple[str, ...]]:
    """One path for all shapes, so fewer elements on every page; and what can't be part of it, as it is filled."""
    lines: list[str] = []
    others: list[str] = []
    for shape in _load_icon(name):
        tag = getattr(shape.tag, "text", shape.tag).rpartition("}")[2]
        known = {key: value for key, value in shape.attrib.items() if key != "key"}
        draw = AS_LINE.get(tag)
        if draw is None or known.keys() - PLACES:
            others.append(ElementTree.tostring(shape, encoding="unicode").strip().replace(" />", "/>"))
        else:
            lines.append(draw(known))
    return "".join(lines), tuple(others)


def _of_path(at: Mapping[str, str]) -> str:
    # A relative start counts from the corner.
    return ("M0 0" if at["d"].startswith("m") else "") + at["d"]


def _of_ellipse(at: Mapping[str, str]) -> str:
    x, y = float(at["cx"]), float(at["cy"])
    rx, ry = float(at.get("rx") or at["r"]), float(at.get("ry") or at["r"])
    half = f"a{rx:g} {ry:g} 0 1 0 "
    return f"M{x - rx:g} {y:g}{half}{2 * rx:g} 0{half}{-2 * rx:g} 0z"


def _of_line(at: Mapping[str, str]) -> str:
    return f"M{at['x1']} {at['y1']}L{at['x2']} {at['y2']}"


def _of_points(at: Mapping[str, str]) -> str:
    return "M" + " ".join(at["points"].replace(",", " ").split())


def _of_rect(at: Mapping[str, str]) -> str:
    x, y = float(at.get("x", 0)), float(at.get("y", 0))
    wide, high = float(at["width"]), float(at["height"])
    rx, ry = float(at.get("rx") or at.get("ry") or 0), float(at.get("ry") or at.get("rx") or 0)
    corners = [f"a{rx:g} {ry:g} 0 0 1 {dx:g} {dy:g}" if rx else "" for dx, dy in ((rx, ry), (-rx, ry), (-rx, -ry))]
    last = f"a{rx:g} {ry:g} 0 0 1 {rx:g} {-ry:g}" if rx else ""
    sides = (f"h{wide - 2 * rx:g}", f"v{high - 2 * ry:g}", f"h{2 * rx - wide:g}", f"v{2 * ry - high:g}")
    return f"M{x + rx:g} {y:g}" + "".join(a + b for a, b in zip(sides, [*corners, last], strict=True)) + "z"


AS_LINE: Mapping[str, Callable[[Mapping[str, str]], str]] = {
    "path": _of_path,
    "circle": _of_ellipse,
    "ellipse": _of_ellipse,
    "line": _of_line,
    "polyline": _of_points,
    "polygon": lambda at: _of_points(at) + "z",
    "rect": _of_rect,
}
PLACES = frozenset(["d", "cx", "cy", "r", "rx", "ry", "x", "y", "x1", "y1", "x2", "y2", "width", "height", "points"])


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
    return format_html(
        '<svg class="{}" viewBox="0 0 24 24" aria-hidden="true"><use href="#i-{}"/></svg>', classes, name
    )


def drawn(name: str) -> SafeString:
    """The same with the drawing in it: two elements fewer than a sprite's, where a page shows an icon once."""
    return _svg(name, "", False)


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
    """One hidden `<svg>` with a drawing for each name, one element where it is one path; empty for no names."""
    return _sprite(frozenset(names))


@lru_cache(maxsize=256)
def _sprite(names: frozenset[str]) -> SafeString:
    if not names:
        return mark_safe("")
    drawn = format_html_join("", "{}", ((_defined(name),) for name in sorted(names)))
    return format_html('<svg class="visually-hidden" aria-hidden="true"><defs>{}</defs></svg>', drawn)


def _defined(name: str) -> SafeString:
    line, others = _line(name)
    if others:
        return format_html('<g id="i-{}">{}</g>', name, drawing(name))
    return format_html('<path id="i-{}" d="{}"/>', name, line)
