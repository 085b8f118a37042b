"""`python -m runtime.typecheck`: mypy, compared with the errors written down in mypy-baseline.txt.

An error more fails, and so does one less until `--sync` has written the file anew: what was mended stays mended. A
longer file is not written.
"""

import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from runtime.layout import ROOT
from runtime.problems import Problem
from runtime.say import say

BASELINE = ROOT / "mypy-baseline.txt"
SYNC = ".venv/bin/python -m runtime.typecheck --sync"


def main(arguments: Sequence[str]) -> int:
    checked = subprocess.run([sys.executable, "-m", "mypy"], cwd=ROOT, stdout=subprocess.PIPE, text=True)
    if checked.returncode > 1:  # it stopped half-way: the errors it didn't come to would look mended
        raise Problem("running mypy", checked.stdout.strip(), "correct what it names, then call again.")
    return write(checked.stdout, BASELINE) if "--sync" in arguments else compare(checked.stdout, BASELINE)


def compare(found: str, baseline: Path) -> int:
    """0 if mypy found exactly the errors of the baseline; else prints the new ones and what to do."""
    code = _mypy_baseline("filter", found, baseline)
    if code:
        say(f"Correct the new errors above, if any; then {SYNC} takes those that are gone out of {baseline.name}.")
    return code


def write(found: str, baseline: Path) -> int:
    """Write the baseline anew, unless it would grow."""
    before = baseline.read_text(encoding="utf-8")
    _mypy_baseline("sync", found, baseline)
    old, new = before.count(": error: "), baseline.read_text(encoding="utf-8").count(": error: ")
    if new > old:
        baseline.write_text(before, encoding="utf-8")
        compare(found, baseline)
        raise Problem(f"writing {baseline.name}", f"{new} errors instead of {old}.", "correct those named above.")
    say(f"{baseline.name}: {old} errors before, {new} now.")
    return 0


def _mypy_baseline(command: str, found: str, baseline: Path) -> int:
    program = [sys.executable, "-m", "mypy_baseline", command, "--baseline-path", str(baseline)]
    return subprocess.run(program, cwd=ROOT, input=found, text=True).returncode


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except Problem as problem:
        print(problem.report(), file=sys.stderr)
        sys.exit(1)
