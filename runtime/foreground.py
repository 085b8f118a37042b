"""Runs one command in the terminal's foreground and hands its exit code back."""

import signal
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

from runtime import signals
from runtime.processes import die_with_parent


def run(command: Sequence[str | Path], environment: Mapping[str, str], directory: Path | None = None) -> int:
    """Run it with our standard streams. Ctrl-C reaches it from the terminal, SIGTERM and SIGHUP are passed on."""
    for number in signals.ENDING:
        signal.signal(number, signal.SIG_IGN)
    child = subprocess.Popen(
        [str(part) for part in command], env=dict(environment), cwd=directory, preexec_fn=_as_child
    )
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda number, _frame: child.send_signal(number))
    code = child.wait()
    signals.listen()
    return code if code >= 0 else 128 - code


def _as_child() -> None:
    signals.restore()
    die_with_parent()
