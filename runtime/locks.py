"""Locks that die with their process: `flock` on a file or folder. Nothing is ever counted in a file."""

import fcntl
import os
from pathlib import Path

from runtime.say import say


class Lock:
    """An advisory lock on `path`; released by `release()`, by leaving the `with` block, or by the process's death."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._file: int | None = None

    def take(self, waiting: str) -> "Lock":
        """Take it alone; while somebody else holds it, say `waiting` once and wait."""
        if not self.try_alone():
            say(waiting)
            fcntl.flock(self._open(), fcntl.LOCK_EX)
        return self

    def try_alone(self) -> bool:
        """Take it alone if nobody holds it in any way; says whether that worked."""
        return self._try(fcntl.LOCK_EX)

    def share(self) -> None:
        """Hold it together with others; waits while somebody holds it alone."""
        fcntl.flock(self._open(), fcntl.LOCK_SH)

    def release(self) -> None:
        if self._file is not None:
            os.close(self._file)
            self._file = None

    def is_held(self) -> bool:
        """Whether another process holds it now. Only for a lock this object doesn't hold itself."""
        free = self.try_alone()
        self.release()
        return not free

    def __enter__(self) -> "Lock":
        return self

    def __exit__(self, *_: object) -> None:
        self.release()

    def _try(self, mode: int) -> bool:
        try:
            fcntl.flock(self._open(), mode | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    def _open(self) -> int:
        if self._file is None:
            # A folder locks as well as a file: .venv has no file that survives its own re-creation.
            flags = os.O_RDONLY if self.path.is_dir() else os.O_RDWR | os.O_CREAT
            self._file = os.open(self.path, flags, 0o600)
        return self._file
