"""Boots the real servers in a temporary folder."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psycopg2
import pytest
import redis

from runtime import postgres, valkey
from runtime.embedded import Servers, Wanted
from runtime.layout import ROOT, DataFolder
from runtime.postgres import Cluster, find_postgres, port_answers
from runtime.problems import Problem
from runtime.processes import Account, clean_environment, server_account
from runtime.valkey import Valkey, find_redis

CHINESE = "SELECT show_trgm('张三丰公司')"
USE = """
import sys
from pathlib import Path
from runtime.embedded import Servers, Wanted
from runtime.layout import DataFolder
with Servers(DataFolder(Path(sys.argv[1])), Wanted(), durable=False):
    print("inside", flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def folder(tmp_path: Path) -> DataFolder:
    return DataFolder(tmp_path / "data").make()


@pytest.fixture
def cluster(folder: DataFolder) -> Iterator[Cluster]:
    one = Cluster(find_postgres(), folder.path / "pg-18", folder.log("postgres"), durable=False)
    one.start()
    yield one
    one.stop()


def _again(cluster: Cluster) -> Cluster:
    """What another command sees: the same folder, but nothing known of a child."""
    return Cluster(cluster.programs, cluster.directory, cluster.log, durable=False)


def test_chinese_text_has_trigrams_whatever_the_callers_locale(
    folder: DataFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LC_ALL", "C")
    cluster = Cluster(find_postgres(), folder.path / "pg-18", folder.log("postgres"), durable=False)
    cluster.start()
    try:
        cluster.query("CREATE EXTENSION pg_trgm")
        assert cluster.query(CHINESE).stdout.count("0x") >= 4
        # The twin: with locale C there are none, so the check at every start has something to find.
        cluster.query("CREATE DATABASE plain TEMPLATE template0 LOCALE 'C'")
        psql = ["-c", "CREATE EXTENSION pg_trgm", "-c", CHINESE]
        url = cluster.url().removesuffix("keben") + "plain"
        answer = subprocess.run(
            [cluster.programs / "psql", "-XAtq", url, *psql], capture_output=True, text=True, env=clean_environment()
        )
        assert answer.stdout.strip() == "{}"
    finally:
        cluster.stop()


def test_it_is_recognised_by_its_folder_and_stopped_by_anybody(cluster: Cluster, tmp_path: Path) -> None:
    port = cluster.last_port
    assert _again(cluster).answers()
    copy = tmp_path / "copy"
    copy.mkdir()
    for name in ("postmaster.pid", "keben-password"):
        (copy / name).write_bytes((cluster.directory / name).read_bytes())
    assert not Cluster(cluster.programs, copy, cluster.log).answers()
    _again(cluster).stop()
    assert not port_answers(port)
    assert cluster.child.wait(5) == 0


def test_it_comes_back_after_kill_9_with_everything_committed(folder: DataFolder) -> None:
    first = Cluster(find_postgres(), folder.path / "pg-18", folder.log("postgres"))
    first.start()
    first.query("CREATE TABLE kept (n int); INSERT INTO kept SELECT generate_series(1, 100)")
    address = first.url()
    first.child.kill()
    second = _again(first)  # while the killed one is still an unreaped child of this process
    second.start()
    try:
        assert second.query("SELECT count(*) FROM kept").stdout.strip() == "100"
        assert second.url() == address
    finally:
        second.stop()
        first.child.wait()


def test_a_recovery_that_takes_longer_than_a_start_is_waited_for(
    folder: DataFolder, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(postgres, "START_SECONDS", 1)
    monkeypatch.setattr(postgres, "TELL_AFTER", 0.5)
    cluster = Cluster(find_postgres(), folder.path / "pg-18", folder.log("postgres"))
    cluster.start()
    cluster.query("CREATE TABLE kept (n int); INSERT INTO kept SELECT generate_series(1, 100)")
    cluster.child.kill()
    cluster.child.wait()
    _slow_recovery(cluster)
    again = Cluster(cluster.programs, cluster.directory, cluster.log)
    again.start()
    try:
        assert again.query("SELECT count(*) FROM kept").stdout.strip() == "100"
        assert "PostgreSQL repairs itself after a crash" in capsys.readouterr().out
    finally:
        again.stop()


def _slow_recovery(cluster: Cluster) -> None:
    """Asking an archive for each missing piece of the log takes seconds; meanwhile the server is "starting up"."""
    (cluster.directory / "recovery.signal").touch()
    with (cluster.directory / "postgresql.auto.conf").open("a") as settings:
        settings.write("restore_command = 'sleep 3; false'\n")


def test_a_server_that_dies_at_once_is_given_up(folder: DataFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(postgres, "START_SECONDS", 1)
    cluster = Cluster(find_postgres(), folder.path / "pg-18", folder.log("postgres"), durable=False)
    cluster.create()
    (cluster.directory / "postgresql.auto.conf").write_text("no_such_setting = 1\n")
    with pytest.raises(Problem, match="no_such_setting"):
        cluster.start()
    assert cluster.child.poll() is not None


def test_nobody_enters_without_the_password(cluster: Cluster) -> None:
    for address in (
        f"postgres://keben_embedded:wrong@127.0.0.1:{cluster.last_port}/keben",
        f"postgres://keben_superuser@127.0.0.1:{cluster.last_port}/keben",
    ):
        with pytest.raises(psycopg2.OperationalError):
            psycopg2.connect(address)
    connection = psycopg2.connect(cluster.url())
    with connection.cursor() as cursor:
        cursor.execute("SELECT rolsuper, rolcreatedb FROM pg_roles WHERE rolname = current_user")
        assert cursor.fetchone() == (False, True)
    connection.close()


def test_valkey_keeps_its_queue_over_a_restart_and_asks_for_the_password(folder: DataFolder) -> None:
    server = Valkey(find_redis(), folder.valkey, folder.log("valkey"))
    server.start()
    with redis.Redis.from_url(server.url()) as client:
        client.rpush("queue", "one", "two")
        port = client.connection_pool.connection_kwargs["port"]
    with redis.Redis(port=port) as stranger, pytest.raises(redis.AuthenticationError):
        stranger.ping()
    server.stop()
    server.start()
    try:
        with redis.Redis.from_url(server.url()) as client:
            assert client.lrange("queue", 0, -1) == [b"one", b"two"]
    finally:
        server.stop()


def test_the_last_to_leave_stops_the_servers(folder: DataFolder) -> None:
    other = subprocess.Popen(
        [sys.executable, "-c", USE, folder.path], stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=ROOT
    )
    assert other.stdout.readline() == b"inside\n"
    with Servers(folder, Wanted(), durable=False) as mine:
        assert mine.postgres.child is None  # found running, not started
        other.communicate(timeout=20)
        assert mine.postgres.answers()
        assert mine.valkey.answers()
    assert not mine.postgres.answers()
    assert not mine.valkey.answers()


def test_a_killed_user_of_the_servers_does_not_count(folder: DataFolder) -> None:
    other = subprocess.Popen(
        [sys.executable, "-c", USE, folder.path], stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=ROOT
    )
    assert other.stdout.readline() == b"inside\n"
    with Servers(folder, Wanted(), durable=False) as mine:
        other.kill()
        other.communicate()
        assert mine.postgres.answers()
    assert not mine.postgres.answers()


def test_what_died_is_revived_at_its_address(folder: DataFolder) -> None:
    with Servers(folder, Wanted(), durable=False) as servers:
        before = servers.addresses()
        assert not servers.revive()
        os.kill(servers.postgres.child.pid, signal.SIGKILL)
        os.kill(servers.valkey.child.pid, signal.SIGKILL)
        servers.postgres.child.wait()
        servers.valkey.child.wait()
        assert servers.revive()
        assert servers.addresses() == before


def test_one_that_cannot_start_keeps_the_other_from_nothing(
    folder: DataFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On a full disk the database stays down; the queue comes back all the same, at its address."""
    with Servers(folder, Wanted(), durable=False) as servers:
        address = servers.valkey.url()

        def refuse() -> None:
            raise Problem("starting the embedded PostgreSQL", "no room", "make room")

        monkeypatch.setattr(servers.postgres, "answers", lambda: False)
        monkeypatch.setattr(servers.postgres, "start", refuse)
        monkeypatch.setattr(valkey, "_write_private", lambda *_: pytest.fail("an unchanged address was written anew"))
        os.kill(servers.valkey.child.pid, signal.SIGKILL)
        servers.valkey.child.wait()
        with pytest.raises(Problem):
            servers.revive()
        assert servers.valkey.answers()
        assert servers.valkey.url() == address
        monkeypatch.undo()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root changes accounts")
def test_root_without_user_namespaces_uses_another_account(tmp_path_factory: pytest.TempPathFactory) -> None:
    account = server_account(False)
    assert account.user in ("postgres", "nobody")
    subprocess.run(["mkdir", "-p", "/tmp/keben-account-test"], check=True)
    folder = DataFolder(Path("/tmp/keben-account-test"))
    try:
        readable = subprocess.run(["test", "-x", find_postgres() / "postgres"], **account.options()).returncode == 0
        if not readable:
            pytest.skip("that account can't reach the programs in this checkout")
        cluster = Cluster(find_postgres(), folder.path / "pg-18", folder.path / "log", durable=False, account=account)
        cluster.start()
        assert cluster.directory.stat().st_uid == account.owner
        cluster.stop()
        _runs_again_in_a_namespace(cluster)
    finally:
        subprocess.run(["rm", "-rf", folder.path], check=True)


def _runs_again_in_a_namespace(cluster: Cluster) -> None:
    account: Account = server_account()
    changed = Cluster(cluster.programs, cluster.directory, cluster.log, durable=False, account=account)
    changed.start()
    assert changed.answers()
    changed.stop()
