"""The lock files fit the requirements: each package exact and with hashes, nothing installed that isn't locked."""

import re
from importlib.metadata import distributions
from pathlib import Path

import pytest

from runtime.layout import ROOT
from runtime.venv import OWN, PIN, pinned

LOCKS = {
    "requirements.txt": "requirements.lock",
    "requirements-dev.txt": "requirements-dev.lock",
    "requirements-nodeps.txt": "requirements-nodeps.lock",
}


def _pins(file: str) -> dict[str, str]:
    return pinned(Path(ROOT / file).read_text())


@pytest.mark.parametrize(("wanted", "lock"), LOCKS.items())
def test_each_requirement_is_locked_at_its_version(wanted: str, lock: str) -> None:
    asked, locked = _pins(wanted), _pins(lock)
    assert asked
    assert {name: locked.get(name) for name in asked} == asked


@pytest.mark.parametrize("lock", LOCKS.values())
def test_each_package_has_hashes(lock: str) -> None:
    text = Path(ROOT / lock).read_text()
    entries = re.split(r"\n(?=[A-Za-z0-9])", text)
    packages = [entry for entry in entries if PIN.match(entry)]
    assert len(packages) == len(_pins(lock))
    for entry in packages:
        assert "--hash=sha256:" in entry, entry.splitlines()[0]
    assert "://" not in text  # no address of an index, nothing from a repository


def test_both_locks_agree() -> None:
    runtime, dev = _pins("requirements.lock"), _pins("requirements-dev.lock")
    assert {name: dev.get(name) for name in runtime} == runtime


def test_nothing_is_installed_that_is_not_locked() -> None:
    locked = _pins("requirements-dev.lock") | _pins("requirements-nodeps.lock")
    found = pinned("\n".join(f"{one.name}=={one.version}" for one in distributions()))
    assert {name: version for name, version in found.items() if name not in OWN and locked.get(name) != version} == {}
