"""Finds every text for people in Python and templates and keeps the .po files complete; needs no gettext programs."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import polib
from django.conf import settings
from django.utils.translation.template import templatize

SINGULAR = {"_", "gettext", "gettext_lazy", "gettext_noop"}
PLURAL = {"ngettext", "ngettext_lazy"}
WITH_CONTEXT = {"pgettext", "pgettext_lazy"}
SKIPPED = {".venv", ".local", "tests", "migrations", "runtime", "node_modules"}
CALL = re.compile(r"\b(_|gettext|ngettext|pgettext|npgettext)\(\s*")
STRING = re.compile(r"[uU]?('(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\")\s*,?\s*")


@dataclass(frozen=True)
class Message:
    """One text: English id, its plural or "", its context or None."""

    text: str
    plural: str = ""
    context: str | None = None


def messages() -> dict[Message, list[str]]:
    """Every message of the project with the files it stands in.

    One that stands alone in one place and with a plural in another is a single message, with the plural: for gettext
    the English id and its context say which it is.
    """
    base, everywhere = Path(settings.BASE_DIR), list(_all())
    with_plural = {(message.text, message.context): message for _path, message in everywhere if message.plural}
    found: dict[Message, list[str]] = {}
    for path, plain in everywhere:
        places = found.setdefault(with_plural.get((plain.text, plain.context), plain), [])
        if (place := str(path.relative_to(base))) not in places:
            places.append(place)
    return found


def _all() -> Iterator[tuple[Path, Message]]:
    for path in _files("*.py"):
        for message in python_messages(path.read_text(encoding="utf-8")):
            yield path, message
    for path in _files("*.html", "*.txt"):
        for message in template_messages(path.read_text(encoding="utf-8")):
            yield path, message


def _files(*patterns: str) -> Iterator[Path]:
    base = Path(settings.BASE_DIR)
    for pattern in patterns:
        for path in sorted(base.rglob(pattern)):
            parts = path.relative_to(base).parts
            in_template = path.suffix == ".py" or "templates" in parts
            if in_template and not SKIPPED.intersection(parts) and not parts[0].startswith("."):
                yield path


def python_messages(source: str) -> Iterator[Message]:
    """Messages of gettext calls in Python source."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call):
            yield from _from_call(_name(node.func), [_text(argument) for argument in node.args])


def _name(function: ast.expr) -> str:
    if isinstance(function, ast.Name):
        return function.id
    return function.attr if isinstance(function, ast.Attribute) else ""


def _text(node: ast.expr) -> str | None:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None


def template_messages(source: str) -> Iterator[Message]:
    """Messages of trans and blocktrans tags and of `_("...")` in a Django template."""
    flat = templatize(source)
    for call in CALL.finditer(flat):
        arguments, position = [], call.end()
        while literal := STRING.match(flat, position):
            arguments.append(ast.literal_eval(literal[1]))
            position = literal.end()
        yield from _from_call(call[1], arguments)


def _from_call(name: str, arguments: list[str | None]) -> Iterator[Message]:
    given = [argument for argument in arguments if argument is not None]
    if name in SINGULAR and arguments[:1] == given[:1] and given:
        yield Message(given[0])
    elif name in PLURAL and len(given) >= 2:
        yield Message(given[0], given[1])
    elif name in WITH_CONTEXT and len(given) >= 2:
        yield Message(given[1], context=given[0])
    elif name == "npgettext" and len(given) >= 3:
        yield Message(given[1], given[2], given[0])


def po_file(locale: str) -> Path:
    """Where the translations into `locale` (such as zh_Hans) stand."""
    return Path(settings.LOCALE_PATHS[0]) / locale / "LC_MESSAGES" / "django.po"


def update(locale: str) -> tuple[int, int, int]:
    """Bring the .po file up to date; returns (texts, newly added, without translation)."""
    path, wanted = po_file(locale), messages()
    known = {_key(entry): entry for entry in polib.pofile(str(path))} if path.exists() else {}
    book = polib.POFile(wrapwidth=110)
    book.metadata = {
        "Content-Type": "text/plain; charset=UTF-8",
        "Content-Transfer-Encoding": "8bit",
        "Language": locale,
        "Plural-Forms": "nplurals=1; plural=0;",
    }
    for message in sorted(wanted, key=lambda m: (wanted[m][0], m.text)):
        book.append(_entry(message, wanted[message], known.get(message)))
    path.parent.mkdir(parents=True, exist_ok=True)
    book.save(str(path))
    return len(wanted), len(set(wanted) - set(known)), len(missing(locale))


def _key(entry: polib.POEntry) -> Message:
    return Message(entry.msgid, entry.msgid_plural or "", entry.msgctxt)


def _entry(message: Message, places: list[str], old: polib.POEntry | None) -> polib.POEntry:
    entry = polib.POEntry(
        msgid=message.text,
        msgctxt=message.context,
        occurrences=[(place, "") for place in places],
        flags=["python-format"] if re.search(r"%\(\w+\)", message.text) else [],
    )
    if message.plural:
        entry.msgid_plural = message.plural
        entry.msgstr_plural = old.msgstr_plural if old else {0: ""}
    elif old:
        entry.msgstr = old.msgstr
    return entry


def missing(locale: str) -> list[Message]:
    """Texts without a translation."""
    done = {_key(entry) for entry in polib.pofile(str(po_file(locale))) if _translated(entry)}
    return sorted(set(messages()) - done, key=lambda message: message.text)


def _translated(entry: polib.POEntry) -> bool:
    words = list(entry.msgstr_plural.values()) if entry.msgid_plural else [entry.msgstr]
    return bool(words) and all(words) and "fuzzy" not in entry.flags


def wrong_places(locale: str) -> list[str]:
    """Translations whose %(name)s or %s places differ from the English text's."""
    place = re.compile(r"%\(\w+\)[sd]|%[sd]")
    wrong = []
    for entry in polib.pofile(str(po_file(locale))):
        wanted = set(place.findall(entry.msgid_plural or entry.msgid))
        for words in entry.msgstr_plural.values() if entry.msgid_plural else [entry.msgstr]:
            if words and set(place.findall(words)) != wanted:
                wrong.append(entry.msgid)
    return wrong
