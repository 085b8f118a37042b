"""bin/test --keep: the servers outlive a call, and go when they are told to or nobody calls any more."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from runtime.kept import Kept, digest_of_migrations
from runtime.layout import ROOT
from runtime.processes import wait_until


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Kept]:
    kept = Kept(tmp_path_factory.mktemp("kept"))
    yield kept
    kept.stop()
    kept.keeper.wait(20)


def test_the_next_call_finds_the_servers_running(kept: Kept) -> None:
    with kept.call() as servers:
        servers.postgres.query("CREATE DATABASE test_keben_one")
    with kept.call() as again:
        assert again.addresses() == servers.addresses()
        assert again.postgres.query("SELECT 1 FROM pg_database WHERE datname = 'test_keben_one'").stdout.strip() == "1"


def test_a_second_call_at_once_gets_none(kept: Kept) -> None:
    with kept.call() as mine, Kept(kept.path).call() as others:
        assert mine is not None
        assert others is None


def test_a_stop_ends_them_even_if_their_keeper_was_killed(kept: Kept) -> None:
    with kept.call() as servers:
        pass
    kept.keeper.send_signal(signal.SIGKILL)
    kept.keeper.wait()
    assert servers.postgres.answers()
    assert kept.stop()
    assert not servers.postgres.answers()
    assert not servers.valkey.answers()
    assert not kept.data.path.exists()
    assert not kept.stop()


def test_the_keeper_ends_by_itself_when_nobody_calls_nor_runs_any_more(tmp_path: Path) -> None:
    kept = Kept(tmp_path)
    kept.data.make()
    kept.last_call.touch()
    os.utime(kept.last_call, (1, 1))
    with kept.call_lock() as call:
        call.try_alone()
        keeper = subprocess.Popen([sys.executable, "-m", "runtime.kept", tmp_path], cwd=ROOT)
        assert wait_until(kept.ready.exists, 60)
        with pytest.raises(subprocess.TimeoutExpired):
            keeper.wait(1.5)
    assert keeper.wait(60) == 0
    assert not kept.data.path.exists()


def test_a_database_is_kept_but_not_after_a_kill_nor_with_other_migrations(kept: Kept) -> None:
    with kept.call() as servers:
        servers.postgres.query("CREATE DATABASE test_keben_older_gw0")
        name, options = kept.begin(servers.postgres)
        assert options == ["--reuse-db"]
        servers.postgres.query(f"CREATE DATABASE {name}_gw0")
        assert kept.begin(servers.postgres) == (name, ["--reuse-db", "--create-db"])  # the first never ended
        kept.finish()
        assert kept.begin(servers.postgres) == (name, ["--reuse-db"])
        found = servers.postgres.query("SELECT datname FROM pg_database WHERE datname LIKE 'test%'").stdout.split()
        assert found == [f"{name}_gw0"]


def test_the_database_has_another_name_after_a_change_of_a_migration(tmp_path: Path) -> None:
    for name in ("requirements.lock", "requirements-dev.lock"):
        (tmp_path / name).write_text("django==5.2\n")
    migration = tmp_path / "sales" / "migrations" / "0001_initial.py"
    migration.parent.mkdir(parents=True)
    digests = []
    for text in ("one", "two"):
        migration.write_text(text)
        digests.append(digest_of_migrations(tmp_path))
    migration.rename(migration.with_name("0002_more.py"))
    digests.append(digest_of_migrations(tmp_path))
    assert len(set(digests)) == 3
