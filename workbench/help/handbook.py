"""The handbook: a short chapter per kind of work, as Markdown in both languages.

The texts stand in `handbook/<language>/<chapter>.md`. Two things in them are held to the product by a test: a link
`[words](page:NAME)` leads to the page of that route, and what stands in bold is a text of the interface, letter by
letter, so that a reader finds it on the screen.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext_lazy as _
from markdown_it import MarkdownIt
from markdown_it.token import Token

FOLDER = Path(__file__).parent / "handbook"
LANGUAGES = ("en", "zh-hans")
PAGE = "page:"


@dataclass(frozen=True)
class Chapter:
    """One chapter; whom it is for is said by a permission: who holds it finds the chapter among the own ones."""

    code: str
    title: Promise
    hint: Promise
    icon: str
    permission: str = ""


CHAPTERS = (
    Chapter("start", _("The first quarter of an hour"), _("Signing in, finding, writing down"), "log-in"),
    Chapter(
        "sales", _("A sales rep's day"), _("Today, visits, customers, orders"), "calendar-check", "interaction.add"
    ),
    Chapter(
        "team",
        _("Leading a team"),
        _("Team, tiers, churn warnings, hand-over"),
        "layout-grid",
        "customer.assign",
    ),
    Chapter(
        "tiers",
        _("Tiers, segments and proof"),
        _("Rules, previews, segments, how good warnings were"),
        "layers",
        "customer.assign",
    ),
    Chapter(
        "effect",
        _("What tiering brings"),
        _("Effect of tiers, costs, control"),
        "chart-column",
        "dashboard.view",
    ),
    Chapter(
        "service",
        _("Complaints from intake to close"),
        _("Clocks, steps, satisfaction"),
        "message-circle-warning",
        "complaint.add",
    ),
    Chapter("data", _("Data in and out"), _("Files, columns, refused rows"), "upload", "import.add"),
    Chapter(
        "administration",
        _("Looking after the installation"),
        _("People, rights, audit, health, backup"),
        "settings",
        "user.add",
    ),
    Chapter(
        "opening", _("Opening the company"), _("From the empty book to the first morning"), "building-2", "role.govern"
    ),
)
CHAPTER = {chapter.code: chapter for chapter in CHAPTERS}


@dataclass(frozen=True)
class Text:
    """A chapter in one language: its HTML, and its headings as (anchor, words)."""

    html: SafeString
    headings: tuple[tuple[str, str], ...]


@cache
def text(code: str, language: str) -> Text:
    """The chapter `code` in `language` (one of LANGUAGES)."""
    tokens = tokens_of(code, language)
    headings = []
    for opening, words in itertools.pairwise(tokens):
        if opening.type == "heading_open":
            anchor = f"s{len(headings) + 1}"
            opening.attrSet("id", anchor)
            headings.append((anchor, words.content))
    for link in links(tokens):
        target = str(link.attrs["href"])
        if target.startswith(PAGE):
            link.attrs["href"] = reverse(target.removeprefix(PAGE))
    if language == "zh-hans":  # where a line of the source ends no space belongs
        _join_lines(tokens)
    reader = MarkdownIt()
    # The texts come with the code, and the reader passes no HTML of theirs through.
    return Text(mark_safe(reader.renderer.render(tokens, reader.options, {})), tuple(headings))  # noqa: S308


def tokens_of(code: str, language: str) -> list[Token]:
    """The chapter as read, before its links are filled in."""
    source = (FOLDER / language / f"{code}.md").read_text(encoding="utf-8")
    return MarkdownIt("commonmark", {"html": False}).parse(source)


def _join_lines(tokens: list[Token]) -> None:
    for token in tokens:
        if token.children:
            token.children = [child for child in token.children if child.type != "softbreak"]


def links(tokens: list[Token]) -> Iterator[Token]:
    """Every link among the tokens of a chapter."""
    for token in tokens:
        yield from (child for child in token.children or () if child.type == "link_open")
