"""The checkout's .venv: made from the pinned requirements, untouched while the pins stay the same."""

import hashlib
import re
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from runtime.layout import ROOT, VENV
from runtime.locks import Lock
from runtime.problems import Problem, tail
from runtime.processes import clean_environment, run_step
from runtime.say import say

PYTHON = VENV / "bin" / "python"
PIN = re.compile(r"^([A-Za-z0-9._-]+)(?:\[[\w,]+\])?==([^\s;]+)", re.M)
OWN = {"pip", "setuptools", "wheel"}  # brought by the virtual environment itself
REQUIREMENTS = {
    "runtime": ("requirements.lock",),
    "dev": ("requirements.lock", "requirements-dev.lock", "requirements-nodeps.lock"),
}


def ensure(kind: str, log: Path) -> None:
    """Make .venv hold the pins of `kind` (runtime or dev); at once when it does. Raises Problem."""
    if is_ready(kind):
        return
    _make_folder()
    with Lock(VENV) as lock:
        lock.take("Another command is preparing .venv; waiting for it ...")
        if not is_ready(kind):
            _install(kind, log)


def is_ready(kind: str) -> bool:
    """Whether the stamp left by the last complete installation fits the pins and the Python of today."""
    kinds = [kind] if kind == "dev" else ["runtime", "dev"]
    return PYTHON.exists() and any(_stamped(one) for one in kinds)


def _stamped(kind: str) -> bool:
    try:
        return _stamp(kind).read_text(encoding="utf-8") == fingerprint(kind)
    except OSError:
        return False


def fingerprint(kind: str) -> str:
    """A hash over the lock files and the Python version of .venv."""
    digest = hashlib.sha256(_python_version().encode())
    for name in REQUIREMENTS[kind]:
        digest.update((ROOT / name).read_bytes())
    return digest.hexdigest()


def _python_version() -> str:
    """The version line of pyvenv.cfg, so that a .venv of another Python is not taken for this one's."""
    try:
        lines = (VENV / "pyvenv.cfg").read_text(encoding="utf-8").splitlines()
    except OSError:
        return ""
    return next((line for line in lines if line.startswith("version")), "")


def _stamp(kind: str) -> Path:
    return VENV / f"keben-{kind}.stamp"


def _make_folder() -> None:
    try:
        VENV.mkdir(exist_ok=True)
        (VENV / "keben-probe").touch()
        (VENV / "keben-probe").unlink()
    except OSError as error:
        raise Problem(
            "preparing .venv",
            f"{error.strerror} ({error.filename})",
            f"call as the user who owns {ROOT}, or clone the project into a folder of your own.",
        ) from error


def _install(kind: str, log: Path) -> None:
    for old in REQUIREMENTS:
        _stamp(old).unlink(missing_ok=True)
    if not _runs():
        say(f"Making .venv with Python {sys.version.split()[0]} ...")
        _create(log)
    say("Installing the pinned requirements (the first time this takes about a minute) ...")
    if kind == "runtime":
        _pip_install(log, "-r", "requirements.lock")
    else:
        _pip_install(log, "-r", "requirements-dev.lock")
        _pip_install(log, "--no-deps", "-r", "requirements-nodeps.lock")
    _remove_leftovers(log)
    _stamp(kind).write_text(fingerprint(kind), encoding="utf-8")


def _remove_leftovers(log: Path) -> None:
    """Take away what no lock names any more: pip installs beside it."""
    listing = [*_pip_command(), "list", "--disable-pip-version-check", "--format=freeze"]
    told = subprocess.run(listing, env=clean_environment(), capture_output=True, text=True).stdout
    locked = set().union(*(pinned((ROOT / name).read_text(encoding="utf-8")) for name in REQUIREMENTS["dev"]))
    leftovers = sorted(set(pinned(told)) - locked - OWN)
    if leftovers:
        run_step([*_pip_command(), "uninstall", "--yes", *leftovers], log, clean_environment())


def pinned(text: str) -> dict[str, str]:
    """{name: version} of the lines `name==version`, names in their normal form."""
    return {re.sub(r"[-_.]+", "-", name).lower(): version for name, version in PIN.findall(text)}


def _runs() -> bool:
    check = "import sys; sys.exit(sys.version_info < (3, 11))"
    try:
        return subprocess.run([PYTHON, "-c", check], env=clean_environment(), capture_output=True).returncode == 0
    except OSError:
        return False


def _create(log: Path) -> None:
    """A virtual environment with pip, else one that this Python's own pip or virtualenv can fill."""
    attempts: Sequence[Sequence[str]] = (
        ["-m", "venv", "--clear"],
        ["-m", "virtualenv", "--clear"],
        ["-m", "venv", "--clear", "--without-pip"],
    )
    for attempt in attempts:
        if run_step([sys.executable, *attempt, VENV], log, clean_environment()) == 0 and _pip_command():
            return
    raise Problem(
        "making .venv",
        f"this Python ({sys.executable}) can't make a virtual environment with pip.",
        "apt-get install python3-venv (Debian, Ubuntu), or call with a Python that has the modules venv and pip.",
    )


def _pip_command() -> list[str]:
    """The pip inside .venv, else this Python's pip working on .venv; empty when there is neither."""
    inside = [str(PYTHON), "-m", "pip"]
    outside = [sys.executable, "-m", "pip", "--python", str(PYTHON)]
    return next((command for command in (inside, outside) if _answers(command)), [])


def _answers(command: Sequence[str]) -> bool:
    try:
        return subprocess.run([*command, "--version"], env=clean_environment(), capture_output=True).returncode == 0
    except OSError:
        return False


def _pip_install(log: Path, *what: str) -> None:
    options = ["install", "--disable-pip-version-check", "--no-input", "--prefer-binary", "--progress-bar", "off"]
    options += ["--no-compile"]  # Python does it at the first import; most modules of the packages are never imported
    options += ["--require-hashes"]  # what the index gives today must be what was locked
    if run_step([*_pip_command(), *options, *what], log, clean_environment()) != 0:
        raise Problem(
            f"installing {what[-1]}",
            f"pip stopped; the end of {log}:\n{tail(log)}",
            "check the connection to the package index (PIP_INDEX_URL names a mirror) and call again.",
        )
