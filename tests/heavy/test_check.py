"""`bin/start --check` on a folder of its own: the night by the real worker, every role signs in, the main pages."""

import os
import subprocess
from pathlib import Path

import pytest

from runtime.layout import ROOT

pytestmark = pytest.mark.heavy
OF_THE_TESTS = ("DATABASE_URL", "REDIS_URL", "SECRET_KEY", "BASE_URL", "DJANGO_SETTINGS_MODULE")


def test_it_ends_well_and_leaves_nothing_running(tmp_path: Path) -> None:
    own = {
        name: value for name, value in os.environ.items() if name not in OF_THE_TESTS and not name.startswith("KEBEN_")
    }
    command = [ROOT / "bin" / "start", "--check", "--data", str(tmp_path / "keben")]
    done = subprocess.run(command, env=own, capture_output=True, text=True, timeout=600, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert not list((tmp_path / "keben").rglob("postmaster.pid"))
