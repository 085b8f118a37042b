"""The README's deployment from nothing, as an ordinary user: Debian's PostgreSQL and Redis, a checkout with packages of
its own, the commands of the unit files; then a day's work, a reload under load, an upgrade and the way back.

There is no systemd in a test: a small systemctl reads the unit files and starts what stands in ExecStart.
"""

from __future__ import annotations

import contextlib
import json
import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
import uuid
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from runtime.check import Browser
from runtime.layout import ROOT
from runtime.postgres import free_port
from runtime.processes import wait_until

pytestmark = pytest.mark.heavy

POSTGRES = max(Path("/usr/lib/postgresql").glob("*/bin"), default=None, key=lambda path: int(path.parent.name))
REDIS = shutil.which("redis-server") or shutil.which("valkey-server")
PASSWORD = "teal-otter-of-the-north-42"
MAIL = "boss@example.com"
CUSTOMERS = 300
SYSTEMCTL = """#!/bin/sh
# stop or start keben.target
case "$1" in
start)
    for unit in {units}/*.service; do
        line=$(sed -n 's/^ExecStart=//p' "$unit" | sed 's#/srv/keben/current#{current}#')
        name=$(basename "$unit" .service)
        (cd {current} && set -a && . {env} && set +a && exec setsid $line) >> {log}/$name.log 2>&1 < /dev/null &
        echo $! > {log}/$name.pid
    done ;;
stop)
    for file in {log}/*.pid; do kill "$(cat "$file")"; done
    for file in {log}/*.pid; do
        for _ in $(seq 300); do kill -0 "$(cat "$file")" 2>/dev/null || break; sleep 0.1; done
        rm "$file"
    done ;;
esac
"""


class Machine:
    """A server's folders below one, owned by an ordinary user who runs everything."""

    def __init__(self, path: Path) -> None:
        self.path, self.port = path, free_port()
        self.current, self.env, self.data, self.log = path / "current", path / "env", path / "data", path / "log"
        self.postgres_port, self.redis_port = free_port(), free_port()
        self.user = "nobody" if os.geteuid() == 0 else pwd.getpwuid(os.geteuid()).pw_name
        self.helpers: list[subprocess.Popen[bytes]] = []
        for folder in (self.data / "backups", self.log, path / "bin", path / "home"):
            folder.mkdir(parents=True)

    # --- commands
    def run(self, *command: object, cwd: Path | None = None, **more: str) -> str:
        """As that user, with an environment that has nothing of ours."""
        own = {"PATH": f"{self.path / 'bin'}:/usr/bin:/bin", "HOME": str(self.path / "home"), "LANG": "C.UTF-8"}
        own |= {name: value for name, value in os.environ.items() if name.startswith("PIP_")}
        done = subprocess.run(
            [str(part) for part in command],
            cwd=cwd or self.path,
            env={**own, **more},
            user=self.user if os.geteuid() == 0 else None,
            group=pwd.getpwnam(self.user).pw_gid if os.geteuid() == 0 else None,
            extra_groups=[] if os.geteuid() == 0 else None,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, f"{command}: {done.stdout[-2000:]}{done.stderr[-3000:]}"
        return done.stdout

    def values(self) -> dict[str, str]:
        lines = [line.partition("=") for line in self.env.read_text().splitlines() if "=" in line and line[0] != "#"]
        return {name: value for name, _, value in lines}

    def manage(self, *arguments: str, checkout: Path | None = None, **more: str) -> str:
        checkout = checkout or self.current
        return self.run(
            checkout / ".venv/bin/python", "manage.py", *arguments, cwd=checkout, **{**self.values(), **more}
        )

    def own(self, path: Path) -> None:
        if os.geteuid() == 0:
            subprocess.run(["chown", "-R", f"{self.user}:", str(path)], check=True)

    # --- what the README does
    def check_out(self, name: str) -> Path:
        checkout = self.path / name
        checkout.mkdir()
        archive = subprocess.run(["git", "archive", "HEAD"], cwd=ROOT, capture_output=True, check=True).stdout
        subprocess.run(["tar", "-x", "-C", str(checkout)], input=archive, check=True)
        self.own(checkout)
        return checkout

    def start_servers(self) -> None:
        assert POSTGRES is not None
        cluster = self.path / "cluster"
        self.run(POSTGRES / "initdb", "-D", cluster, "--auth=trust", "--username=postgres", "--encoding=UTF8")
        options = f"-p {self.postgres_port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={self.path}"
        self.run(POSTGRES / "pg_ctl", "-D", cluster, "-w", "-o", options, "-l", self.path / "log" / "pg", "start")
        for statement in (
            "CREATE ROLE keben LOGIN PASSWORD 'secret'",
            "CREATE DATABASE keben OWNER keben TEMPLATE template0 ENCODING 'UTF8' LOCALE 'C.UTF-8'",
        ):
            self.sql(statement)
        redis = [REDIS, "--port", self.redis_port, "--bind", "127.0.0.1", "--save", "", "--daemonize", "yes"]
        self.run(*redis, "--dir", self.path / "home", "--pidfile", self.path / "redis.pid")

    def sql(self, statement: str) -> None:
        assert POSTGRES is not None
        self.run(POSTGRES / "psql", "-h", "127.0.0.1", "-p", self.postgres_port, "-U", "postgres", "-c", statement)

    def write_environment(self) -> None:
        given = {
            "KEBEN_DATA": str(self.data),
            "DATABASE_URL": f"postgres://keben:secret@127.0.0.1:{self.postgres_port}/keben",
            "REDIS_URL": f"redis://127.0.0.1:{self.redis_port}/0",
            "SECRET_KEY": uuid.uuid4().hex * 2,
            "BASE_URL": f"http://127.0.0.1:{self.port}",
            "WEB_BIND": f"127.0.0.1:{self.port}",
        }
        example = (ROOT / "deploy" / "env.example").read_text().splitlines()
        kept = [line for line in example if line.lstrip("#").partition("=")[0] not in given]
        self.env.write_text("\n".join([*kept, *(f"{name}={value}" for name, value in given.items())]) + "\n")
        self.own(self.env)

    def write_systemctl(self) -> None:
        file = self.path / "bin" / "systemctl"
        units = self.path / "units"
        shutil.copytree(ROOT / "deploy" / "systemd", units)
        file.write_text(SYSTEMCTL.format(units=units, current=self.current, env=self.env, log=self.log))
        file.chmod(0o755)
        self.own(self.path)

    def answers(self) -> bool:
        with (
            contextlib.suppress(OSError),
            urllib.request.urlopen(f"http://127.0.0.1:{self.port}/healthz", timeout=2) as answer,
        ):
            return bool(answer.status == 200)
        return False

    def logs(self) -> str:
        return "".join(f"--- {path.name}\n{path.read_text()[-1500:]}" for path in sorted(self.log.glob("*.log")))

    def end(self) -> None:
        with contextlib.suppress(AssertionError):
            self.run(self.path / "bin" / "systemctl", "stop", "keben.target")
        with contextlib.suppress(AssertionError):
            self.run(POSTGRES / "pg_ctl", "-D", self.path / "cluster", "-m", "immediate", "stop")
        with contextlib.suppress(OSError, ValueError):
            os.kill(int((self.path / "redis.pid").read_text()), signal.SIGTERM)


@pytest.fixture
def machine() -> Iterator[Machine]:
    if POSTGRES is None or REDIS is None:
        pytest.skip("needs the system's own: apt-get install postgresql redis-server")
    path = Path(tempfile.mkdtemp(prefix="keben-deploy-"))
    path.chmod(0o755)
    here = Machine(path)
    here.own(path)
    try:
        yield here
    finally:
        here.end()
        shutil.rmtree(path, ignore_errors=True)


def _send(url: str, body: bytes, headers: dict[str, str]) -> dict:
    with urllib.request.urlopen(urllib.request.Request(url, body, headers), timeout=60) as answer:
        return json.loads(answer.read())


def _upload(machine: Machine) -> dict:
    """Customers by a file, over the API: read and written by the import worker."""
    token = json.loads(machine.manage("create_token", MAIL, "--json").splitlines()[-1])["token"]
    base, head = f"http://127.0.0.1:{machine.port}/api/v1/imports", {"Authorization": f"Token {token}"}
    rows = "number,name,kind\n" + "".join(f"C{n},客户{n},company\n" for n in range(CUSTOMERS))
    part = 'Content-Disposition: form-data; name="'
    body = f'--x\r\n{part}kind"\r\n\r\ncustomers\r\n--x\r\n{part}file"; filename="c.csv"\r\n\r\n{rows}\r\n--x--\r\n'
    job = _send(f"{base}/", body.encode(), {**head, "Content-Type": "multipart/form-data; boundary=x"})
    typed = {**head, "Content-Type": "application/json"}

    def state() -> str:
        with urllib.request.urlopen(urllib.request.Request(f"{base}/{job['id']}/", headers=head)) as answer:
            job.update(json.loads(answer.read()))
        return str(job["state"])

    _send(f"{base}/{job['id']}/check/", json.dumps({"mapping": job["mapping"]}).encode(), typed)
    assert wait_until(lambda: state() == "ready", 90, 0.5), (job, machine.logs())
    _send(f"{base}/{job['id']}/start/", b"{}", typed)
    assert wait_until(lambda: state() == "done", 90, 0.5), (job, machine.logs())
    return job


def _reload_under_load(machine: Machine) -> Counter[object]:
    """Eight visitors while the web server is told twice to begin afresh."""
    seen: Counter[object] = Counter()
    over = threading.Event()

    def visit() -> None:
        while not over.is_set():
            try:
                with urllib.request.urlopen(f"http://127.0.0.1:{machine.port}/login/", timeout=20) as answer:
                    answer.read()
                    seen[answer.status] += 1
            except OSError as error:
                seen[str(error)] += 1

    visitors = [threading.Thread(target=visit) for _ in range(8)]
    for one in visitors:
        one.start()
    for _ in range(2):
        time.sleep(4)
        os.kill(int((machine.log / "keben-web.pid").read_text()), signal.SIGHUP)
    time.sleep(6)
    over.set()
    for one in visitors:
        one.join()
    return seen


def _count(machine: Machine, checkout: Path | None = None) -> int:
    code = "from customers.models import Customer; print('COUNT', Customer.objects.count())"
    return int(machine.manage("shell", "-v0", "-c", code, checkout=checkout).split("COUNT")[1])


def test_from_nothing_through_a_day_an_upgrade_and_back(machine: Machine) -> None:
    begun = time.monotonic()
    first = machine.check_out("0.1.0")
    machine.run("/usr/bin/python3", "-m", "venv", ".venv", cwd=first)
    machine.run(first / ".venv/bin/pip", "install", "-q", "--require-hashes", "-r", "requirements.lock", cwd=first)
    installed = time.monotonic() - begun
    machine.start_servers()
    machine.write_environment()
    machine.current.symlink_to(first)
    for step in (["compile_translations"], ["migrate"], ["ensure_company"], ["collectstatic", "--no-input"]):
        machine.manage(*step)
    machine.write_systemctl()
    machine.run("systemctl", "start", "keben.target")
    assert wait_until(machine.answers, 90), machine.logs()
    account = {"DJANGO_SUPERUSER_EMAIL": MAIL, "DJANGO_SUPERUSER_PASSWORD": PASSWORD}
    machine.manage("createsuperuser", "--owner", "--noinput", **account)
    browser = Browser(f"http://127.0.0.1:{machine.port}")
    assert browser.sign_in(MAIL, PASSWORD) == ""
    job = _upload(machine)
    night = machine.manage("request_night", "--wait", "180", "--json").splitlines()[-1]
    assert browser.get("/customers/")[0] == 200
    health = machine.manage("check_health")
    seen = _reload_under_load(machine)
    assert set(seen) == {200}, (seen, machine.logs())
    assert _count(machine) == CUSTOMERS

    second = machine.check_out("0.1.1")
    options = ["--current", machine.current, "--env", machine.env, "--backups", machine.data / "backups"]
    told = machine.run(second / "deploy/upgrade", *options, "--user", machine.user)
    assert machine.current.resolve() == second
    assert browser.get("/customers/")[0] == 200, "the session outlives the upgrade"
    assert _count(machine) == CUSTOMERS

    # The way back, as the upgrade has printed it: sudo and psql stand for who may do what.
    (backup,) = (machine.data / "backups").glob("before-*.tar")
    assert f"manage.py restore {backup}" in told
    machine.run("systemctl", "stop", "keben.target")
    machine.sql("ALTER DATABASE keben RENAME TO keben_newer")
    machine.sql("CREATE DATABASE keben OWNER keben TEMPLATE template0 ENCODING 'UTF8' LOCALE 'C.UTF-8'")
    with contextlib.suppress(FileNotFoundError):
        (machine.data / "files").rename(machine.data / "files.newer")
    machine.manage("restore", str(backup), checkout=first)
    machine.run("ln", "-sfn", first, machine.current)
    machine.run("systemctl", "start", "keben.target")
    assert wait_until(machine.answers, 90), machine.logs()
    again = Browser(f"http://127.0.0.1:{machine.port}")
    assert again.sign_in(MAIL, PASSWORD) == ""
    assert _count(machine) == CUSTOMERS
    report = {
        **{"user": machine.user, "postgres": POSTGRES.parent.name, "packages_seconds": round(installed)},
        **{"all_seconds": round(time.monotonic() - begun), "import": job["counts"], "night": json.loads(night)},
        **{"reloaded_under_load": {str(status): count for status, count in seen.items()}, "health": health.split("\n")},
    }
    sys.stdout.write(json.dumps(report, ensure_ascii=False) + "\n")
