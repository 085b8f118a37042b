"""Reads the environment with checked types; a wrong value stops the start with a sentence naming the variable."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar
from zoneinfo import ZoneInfo, available_timezones

from django.core.exceptions import ImproperlyConfigured
from environs import Env, EnvError

T = TypeVar("T")

BASE_DIR = Path(__file__).resolve().parent.parent


def data_dir() -> Path:
    """The data folder: KEBEN_DATA, else `.local` of the checkout."""
    return Path(os.environ.get("KEBEN_DATA") or BASE_DIR / ".local")


def load_env_files() -> None:
    """Fill os.environ from the data folder's env file and then `.local/env`; what is already set wins."""
    if os.environ.get("KEBEN_IGNORE_ENV_FILES"):  # bin/test: an operator's values must not change what tests see
        return
    for path in (data_dir() / "env", BASE_DIR / ".local" / "env"):
        if path.is_file():
            _load_file(path)


def _load_file(path: Path) -> None:
    for line in path.read_text(encoding="utf-8").splitlines():
        name, separator, value = line.partition("=")
        if separator and not line.startswith("#"):
            os.environ.setdefault(name.strip(), value.strip())


def read(reader: Callable[..., T], name: str, **options: object) -> T:
    """Call an environs reader and turn its error into one sentence that names the variable."""
    try:
        return reader(name, **options)
    except (EnvError, ValueError) as error:
        raise ImproperlyConfigured(f"The variable {name} has a wrong value: {error}") from error


def time_zone(name: str, default: str) -> str:
    zone = os.environ.get(name) or default
    if zone not in available_timezones():
        raise ImproperlyConfigured(f"The variable {name} must name a time zone such as Asia/Shanghai, not {zone!r}.")
    return ZoneInfo(zone).key


def currency(name: str, default: str) -> str:
    code = os.environ.get(name) or default
    if not (len(code) == 3 and code.isascii() and code.isupper()):
        raise ImproperlyConfigured(
            f"The variable {name} must be a three-letter currency code such as CNY, not {code!r}."
        )
    return code


env = Env()
