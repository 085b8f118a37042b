"""Words to the operator: progress on one stream, flushed at once so that a pipe sees them in time."""

import sys
from typing import TextIO

_stream: TextIO | None = None


def use_stderr() -> None:
    """Keep standard output for a command whose output is parsed."""
    global _stream
    _stream = sys.stderr


def say(text: str) -> None:
    """Print one message of the launcher."""
    print(text, file=_stream or sys.stdout, flush=True)
