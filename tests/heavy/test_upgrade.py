"""A company begun by an earlier version goes on with this one, and back again.

UPGRADE_FROM names the earlier version (a tag or commit of this repository).
"""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from runtime.check import Browser
from runtime.layout import ROOT
from runtime.processes import end_group, wait_until

pytestmark = pytest.mark.heavy

BEFORE = os.environ.get("UPGRADE_FROM", "1708d0c")
OF_THE_TESTS = ("DATABASE_URL", "REDIS_URL", "SECRET_KEY", "BASE_URL", "DJANGO_SETTINGS_MODULE")
PASSWORD = "teal-otter-of-the-north-42"
MAIL = "boss@example.com"
CUSTOMERS = 200
COUNT = "from customers.models import Customer; print('COUNT', Customer.objects.count())"
STAMP = "from runtime import venv; venv._stamp('runtime').write_text(venv.fingerprint('runtime'))"


@dataclass(frozen=True)
class Version:
    """A checkout with packages."""

    root: Path

    def environment(self) -> dict[str, str]:
        own = {name: value for name, value in os.environ.items() if name not in OF_THE_TESTS}
        account = {"DJANGO_SUPERUSER_EMAIL": MAIL, "DJANGO_SUPERUSER_PASSWORD": PASSWORD}
        return {**{name: value for name, value in own.items() if not name.startswith("KEBEN")}, **account}

    def manage(self, data: Path, *arguments: str) -> str:
        command = [str(self.root / "bin" / "manage"), "--data", str(data), *arguments]
        done = subprocess.run(command, cwd=self.root, env=self.environment(), capture_output=True, text=True)
        assert done.returncode == 0, done.stderr[-2000:]
        return done.stdout

    def count(self, data: Path) -> int:
        return int(self.manage(data, "shell", "-v0", "-c", COUNT).split("COUNT")[1])

    def start(self, data: Path, visit: bool = True) -> str:
        """Start it, sign in, stop it; what it said."""
        log = data.parent / f"{data.name}.log"
        command = [str(self.root / "bin" / "start"), "--empty", "--data", str(data)]
        with log.open("wb") as output:
            child = subprocess.Popen(
                command, cwd=self.root, env=self.environment(), stdout=output, stderr=output, process_group=0
            )
        try:
            wait_until(lambda: "Ctrl-C stops" in log.read_text() or child.poll() is not None, 300)
            if visit:
                assert child.poll() is None, log.read_text()
                address = re.search(r"^Keben runs at (\S+)", log.read_text(), re.M)
                assert address
                assert Browser(address[1]).sign_in(MAIL, PASSWORD) == ""
            if child.poll() is None:
                child.send_signal(signal.SIGINT)
                child.wait(60)
        finally:
            end_group(child, 30)
        return log.read_text()


@pytest.fixture
def earlier(tmp_path: Path) -> Iterator[Version]:
    """That version beside this one, with this one's packages, which are a later state of its own."""
    root = tmp_path / "earlier"
    subprocess.run(["git", "worktree", "add", "--detach", str(root), BEFORE], cwd=ROOT, check=True, capture_output=True)
    try:
        shutil.copytree(ROOT / ".venv", root / ".venv", symlinks=True, copy_function=os.link)
        for stamp in (root / ".venv").glob("*.stamp"):
            stamp.unlink()
        subprocess.run([sys.executable, "-c", STAMP], cwd=root, check=True)
        yield Version(root)
    finally:
        subprocess.run(["git", "worktree", "remove", "--force", str(root)], cwd=ROOT, check=True)


def test_a_company_goes_on_with_this_version_and_back(earlier: Version, tmp_path: Path) -> None:
    now, data, copy = Version(ROOT), tmp_path / "data", tmp_path / "copy"
    assert "Nobody has an account here yet" in earlier.start(data, visit=False)
    earlier.manage(data, "createsuperuser", "--owner", "--noinput")
    file = tmp_path / "customers.csv"
    file.write_text("number,name\n" + "".join(f"C{n},客户{n}\n" for n in range(CUSTOMERS)), encoding="utf-8")
    earlier.manage(data, "import_customers", str(file))
    knows_backup = (earlier.root / "crm" / "management" / "commands" / "backup.py").exists()
    if knows_backup:
        earlier.manage(data, "backup", str(tmp_path / "before.tar"))
    else:  # with everything stopped, the folder is the backup
        shutil.copytree(data, copy)

    now.start(data)
    assert now.count(data) == CUSTOMERS
    assert "made by a newer version" in earlier.start(data, visit=False)

    if knows_backup:
        earlier.manage(copy, "restore", str(tmp_path / "before.tar"))
    earlier.start(copy)
    assert earlier.count(copy) == CUSTOMERS
    report = {"from": BEFORE, "back_by": "backup" if knows_backup else "a copy of the folder", "customers": CUSTOMERS}
    sys.stdout.write(json.dumps(report) + "\n")
