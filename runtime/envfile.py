"""The file DIR/env: the operator's own lines first, then a block that every start rewrites."""

import os
from collections.abc import Mapping
from pathlib import Path

MARK = "# --- Rewritten at every start. A line of your own above this one wins. ---"


def parse(text: str) -> dict[str, str]:
    """KEY=VALUE lines to a dictionary; the first of a name wins, comments and blank lines are skipped."""
    values: dict[str, str] = {}
    for line in text.splitlines():
        name, separator, value = line.partition("=")
        if separator and not line.lstrip().startswith("#"):
            values.setdefault(name.strip(), value.strip())
    return values


def read(path: Path) -> dict[str, str]:
    """Every value of the file; empty without a file."""
    return parse(_text(path))


def read_own(path: Path) -> dict[str, str]:
    """The values the operator set or that were generated once, without those of the rewritten block."""
    return parse(_text(path).partition(MARK)[0])


def add_own(path: Path, values: Mapping[str, str]) -> None:
    """Append lasting values (a generated key) above the rewritten block."""
    head, mark, block = _text(path).partition(MARK)
    lines = "".join(f"{name}={value}\n" for name, value in values.items())
    _write(path, _ended(head) + lines + mark + block)


def set_own(path: Path, values: Mapping[str, str]) -> None:
    """Set lasting values above the rewritten block in place of older ones; an empty one is taken away."""
    head, mark, block = _text(path).partition(MARK)
    kept = [line for line in head.splitlines(keepends=True) if line.partition("=")[0].strip() not in values]
    lines = "".join(f"{name}={value}\n" for name, value in values.items() if value)
    _write(path, _ended("".join(kept)) + lines + mark + block)


def rewrite_block(path: Path, values: Mapping[str, str]) -> None:
    """Replace the block by these values; the lines above it stay byte for byte."""
    head = _text(path).partition(MARK)[0]
    lines = "".join(f"{name}={value}\n" for name, value in values.items())
    _write(path, f"{_ended(head)}{MARK}\n{lines}")


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return ""


def _ended(text: str) -> str:
    return text if not text or text.endswith("\n") else text + "\n"


def _write(path: Path, text: str) -> None:
    """Replace in one step: a reader sees the old file or the new one; never readable by others."""
    draft = path.with_name(f"{path.name}.{os.getpid()}")
    with open(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
        file.write(text)
    draft.replace(path)
