"""Which Chromium the browser tests drive."""

import os
import shutil
from pathlib import Path

# The shell draws the same without a window behind it, in two thirds of the time.
NAMES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
MISSING = "browser tests skipped: no Chromium; apt-get install chromium fonts-noto-cjk"


def find_chromium() -> Path | None:
    """$CHROMIUM, a system Chromium or Chrome, one that Playwright downloaded; None when there is none."""
    named = os.environ.get("CHROMIUM")
    if named:
        return Path(named) if Path(named).exists() else None
    found = next((path for name in NAMES if (path := shutil.which(name))), None)
    return Path(found) if found else _of_playwright()


def _of_playwright() -> Path | None:
    folder = Path.home() / ".cache" / "ms-playwright"
    return max(folder.glob("chromium-*/chrome-linux*/chrome"), default=None)


def is_required() -> bool:
    """In CI a skipped browser test is a failed one."""
    return os.environ.get("KEBEN_REQUIRE_BROWSER", "") not in ("", "0")
