"""`bin/test --keep`: servers and a test database that stay from call to call, so that a call costs its tests alone.

A keeper, a process apart, shares the servers with the calls (runtime/embedded.py: who leaves last stops them). It ends
by itself after hours without a call, or when `bin/test --stop` asks, and takes everything away. One call at a time uses
them; a second one is told, and gets servers of its own.
"""

import contextlib
import hashlib
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from runtime import signals
from runtime.embedded import Servers, Wanted
from runtime.layout import ROOT, DataFolder, open_log
from runtime.locks import Lock
from runtime.postgres import DATABASE, Cluster, find_postgres
from runtime.processes import wait_until

FOLDER = ROOT / ".local-tests"
IDLE_SECONDS = 4 * 3600
PREFIX = "test_keben_"


@dataclass
class Kept:
    """One place where test servers stay. The locks lie beside what is taken away, so that a lock never vanishes."""

    path: Path = FOLDER
    keeper: subprocess.Popen[bytes] | None = None

    @property
    def data(self) -> DataFolder:
        return DataFolder(self.path / "data")

    @property
    def last_call(self) -> Path:
        """Its time of change says when the last call began or ended."""
        return self.path / "last-call"

    @property
    def stop_asked(self) -> Path:
        return self.path / "stop"

    @property
    def ready(self) -> Path:
        """Exists once the keeper's servers answer."""
        return self.data.path / "ready"

    @property
    def unfinished(self) -> Path:
        """Exists while tests run; left by those that were killed, whose rows nobody took away."""
        return self.path / "unfinished"

    def call_lock(self) -> Lock:
        return Lock(self.path / "call.lock")

    def keeper_lock(self) -> Lock:
        return Lock(self.path / "keeper.lock")

    @contextlib.contextmanager
    def call(self) -> Iterator[Servers | None]:
        """The kept servers, for one call alone; None while another call uses them."""
        self.path.mkdir(mode=0o700, exist_ok=True)
        with self.call_lock() as lock:
            if not lock.try_alone():
                yield None
                return
            self.last_call.touch()
            self.data.make()
            self._ensure_keeper()
            with _servers(self.data) as servers:
                yield servers
            self.last_call.touch()

    def _ensure_keeper(self) -> None:
        if self.keeper_lock().is_held():
            return
        for mark in (self.stop_asked, self.ready):
            mark.unlink(missing_ok=True)
        with open_log(self.data.log("keeper")) as output:
            self.keeper = subprocess.Popen(
                [sys.executable, "-m", "runtime.kept", str(self.path)],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                cwd=ROOT,
                start_new_session=True,  # a closed terminal or Ctrl-C in it doesn't end it
            )
        # Where it can't start them, this call tries itself and says why.
        wait_until(lambda: self.ready.exists() or self.keeper.poll() is not None, 60)

    def keep(self, idle_seconds: float = IDLE_SECONDS) -> None:
        """The keeper's life: hold the servers until nobody has called for that long, then take all away."""
        with self.keeper_lock() as only, self.call_lock() as calls:
            if not only.try_alone():
                return
            with _servers(self.data):
                self.ready.touch()
                while not self.stop_asked.exists():
                    idle = time.time() - self.last_call.stat().st_mtime > idle_seconds
                    if idle and calls.try_alone():  # held to the end: a call that begins now gets servers of its own
                        break
                    time.sleep(0.5)
            self._take_away()

    def stop(self) -> bool:
        """End the keeper and the servers, after the call that uses them; says whether there was anything."""
        if not self.path.exists():
            return False
        with self.call_lock() as calls, self.keeper_lock() as keeper:
            calls.take("A bin/test --keep is running; stopping after it ...")
            was_there = self.data.path.exists()
            self.stop_asked.touch()
            keeper.take("Waiting for the kept servers to stop ...")
            if self.data.path.exists():  # the keeper was killed: leaving as the last one stops what it left running
                with _servers(self.data.make()):
                    pass
                self._take_away()
        return was_there

    def _take_away(self) -> None:
        shutil.rmtree(self.data.path, ignore_errors=True)
        for mark in (self.unfinished, self.stop_asked):
            mark.unlink(missing_ok=True)

    def begin(self, cluster: Cluster) -> tuple[str, list[str]]:
        """The test database's name and pytest's options: kept, but made anew after changed migrations or a kill."""
        name = PREFIX + digest_of_migrations()
        _drop_others(cluster, name)
        options = ["--reuse-db", "--create-db"] if self.unfinished.exists() else ["--reuse-db"]
        self.unfinished.touch()
        return name, options

    def finish(self) -> None:
        """Note that pytest ended by itself, and so has taken its rows away."""
        self.unfinished.unlink(missing_ok=True)


def digest_of_migrations(root: Path = ROOT) -> str:
    """Moves with every change of a migration, ours by their text and those of packages by the locked versions."""
    digest = hashlib.sha256()
    for path in sorted([*root.glob("*/migrations/*.py"), root / "requirements.lock", root / "requirements-dev.lock"]):
        digest.update(f"{path.relative_to(root)}\n".encode() + path.read_bytes())
    return digest.hexdigest()[:12]


def _servers(folder: DataFolder) -> Servers:
    return Servers(folder, Wanted(), find_postgres(), durable=False)


def _drop_others(cluster: Cluster, kept: str) -> None:
    """Databases of older migrations, and what killed browser tests left."""
    found = cluster.query("SELECT datname FROM pg_database WHERE NOT datistemplate").stdout.split()
    for name in found:
        if name not in ("postgres", DATABASE) and not name.startswith(kept):
            cluster.query(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


if __name__ == "__main__":
    signals.listen()
    with contextlib.suppress(signals.Interrupted):
        Kept(Path(sys.argv[1])).keep()
