"""Where things lie: the checkout and one data folder."""

import contextlib
import os
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from runtime.problems import Problem

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
LOG_LIMIT = 20 * 1024 * 1024


@dataclass(frozen=True)
class DataFolder:
    """One installation's folder (`--data DIR`)."""

    path: Path

    @property
    def env_file(self) -> Path:
        return self.path / "env"

    @property
    def kind_file(self) -> Path:
        """Holds `demo` or `empty`: how this installation was begun."""
        return self.path / "kind"

    @property
    def valkey(self) -> Path:
        return self.path / "valkey"

    def log(self, name: str) -> Path:
        return self.path / "log" / f"{name}.log"

    def make(self) -> "DataFolder":
        """Create the folder, readable by its owner alone."""
        try:
            (self.path / "log").mkdir(parents=True, exist_ok=True)
            for path in (self.path, self.path / "log"):
                if path.stat().st_uid == os.geteuid():
                    path.chmod(0o700)
            _probe_writable(self.path)
        except OSError as error:
            raise Problem(
                f"preparing the data folder {self.path}",
                f"{error.strerror} ({error.filename})",
                "choose a folder you may write to with --data DIR, or call as the user who owns this one.",
            ) from error
        return self


def _probe_writable(path: Path) -> None:
    probe = path / f".probe-{os.getpid()}"
    probe.touch(mode=0o600)
    probe.unlink()


def data_folder(option: str | None) -> DataFolder:
    """The folder named by --data, else by KEBEN_DATA, else `.local` of the checkout."""
    named = option or os.environ.get("KEBEN_DATA")
    return DataFolder(Path(os.path.abspath(named)) if named else ROOT / ".local")


def open_log(path: Path) -> BinaryIO:
    """The log to append to; nobody else may read it, whatever the caller's umask and whoever made it."""
    log = open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), "ab")  # noqa: SIM115 - the caller closes it
    with contextlib.suppress(PermissionError):
        os.fchmod(log.fileno(), 0o600)
    return log


def shorten_log(path: Path) -> None:
    """Move an overgrown log aside; writers append, so they simply go on in the emptied file."""
    try:
        if path.stat().st_size > LOG_LIMIT:
            with open_log(path.with_suffix(".log.1")) as aside:
                aside.truncate(0)
                aside.write(path.read_bytes())
            os.truncate(path, 0)
    except OSError:
        pass  # a log is never worth a stop
