"""Files with temporary passwords for those who hand them out: readable by their owner only, gone after a day."""

import csv
import os
from collections.abc import Iterable
from datetime import timedelta
from pathlib import Path

from django.conf import settings

from core import clock

KEPT_FOR = timedelta(days=1)
HEAD = ("name", "sign_in", "password")


def path_of(name: str) -> Path:
    """The file of this name, whether it is there or not."""
    return _folder() / f"users-{name}.csv"


def write(rows: Iterable[tuple[str, str, str]], *, path: Path) -> None:
    """Add (name, sign-in name, password) lines to the file."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    with os.fdopen(handle, "a", encoding="utf-8", newline="") as target:
        lines = csv.writer(target, lineterminator="\n")
        if target.tell() == 0:
            lines.writerow(HEAD)
        lines.writerows(rows)


def forget_old() -> int:
    """Delete the files of yesterday and before; returns how many. Safe to repeat, also at once."""
    before = (clock.now() - KEPT_FOR).timestamp()
    old = [path for path in _folder().glob("users-*.csv") if _written(path) < before]
    for path in old:
        path.unlink(missing_ok=True)
    return len(old)


def _folder() -> Path:
    return Path(settings.DATA_DIR).resolve() / "passwords"


def _written(path: Path) -> float:
    try:
        return path.stat().st_mtime
    except FileNotFoundError:
        return float("inf")
