"""What goes wrong is told in one shape: which step, why, what to do."""

from pathlib import Path


class Problem(Exception):
    """A step that failed. `step` names it, `why` is the cause, `cure` what the operator can do."""

    def __init__(self, step: str, why: str, cure: str) -> None:
        super().__init__(f"{step}: {why}")
        self.step, self.why, self.cure = step, why, cure

    def report(self) -> str:
        """Three lines for the terminal."""
        return f"Failed: {self.step}\nWhy: {self.why}\nWhat to do: {self.cure}"


def tail(path: Path, lines: int = 12) -> str:
    """The last lines of a log file, or a word that it is empty."""
    try:
        text = path.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return "(no log)"
    return "\n".join(text.splitlines()[-lines:]) or "(the log is empty)"
