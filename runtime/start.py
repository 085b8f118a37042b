"""`bin/start`: from a bare checkout to a running installation, and back to nothing."""

import contextlib
import shlex
import shutil
import socket
import ssl
import tempfile
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import cast

from runtime import check, envfile, lan, service, staticfiles, venv
from runtime.embedded import Servers
from runtime.environment import Values, child_environment, refuse_demo_in_public
from runtime.lan import Lan
from runtime.layout import ROOT, DataFolder, data_folder
from runtime.locks import Lock
from runtime.prepare import Steps, prepare_tables, run_steps
from runtime.problems import Problem, tail
from runtime.say import say
from runtime.signals import Interrupted
from runtime.supervisor import Service, Supervisor

HERE = "127.0.0.1"
FIRST_PORT, PORTS = 8000, 100
READY_SECONDS = 90
ANSWER_SECONDS = 10  # on a busy machine the first answers take some: asking again meanwhile makes it busier


@dataclass(frozen=True)
class Options:
    """What was asked on the command line."""

    check: bool = False
    empty: bool = False
    port: int | None = None
    data: str | None = None
    lan: str | None = None  # "on", "off" or an address; None does what the folder remembers
    trial: bool = False  # in a throw-away folder


@dataclass
class Installation:
    """A prepared folder, ready to serve."""

    folder: DataFolder
    address: str
    environment: dict[str, str]
    password: str
    accounts: list[dict[str, str]] = field(default_factory=list)
    has_people: bool = True
    lan: Lan | None = None


@dataclass(frozen=True)
class Filled:
    """Who may sign in: the demo accounts by name, and whether there is anybody at all."""

    accounts: list[dict[str, str]]
    has_people: bool


def start(options: Options) -> int:
    """Run the whole of `bin/start`; the exit code."""
    folder = data_folder(options.data).make()
    with Lock(folder.path / "run.lock") as running, Lock(folder.path / "lock") as preparing:
        preparing.take(f"Another command is preparing {folder.path}; waiting for it ...")
        if running.try_alone():
            return _start_in(folder, options, preparing)
    return _check_aside(options) if options.check else _refuse_second(folder)


def _refuse_second(folder: DataFolder) -> int:
    address = envfile.read(folder.env_file).get("KEBEN_ADDRESS", "")
    say(f"Keben already runs in {folder.path}: {address}")
    say("Stop it first, or use another folder with --data DIR.")
    return 1


def _check_aside(options: Options) -> int:
    """Check beside a running installation: a folder of its own, removed when all was well."""
    folder = DataFolder(Path(tempfile.mkdtemp(prefix="keben-check-"))).make()
    say(f"An installation is running there; checking in {folder.path} with servers of its own.")
    with Lock(folder.path / "run.lock") as running, Lock(folder.path / "lock") as preparing:
        running.try_alone()
        preparing.try_alone()
        code = _start_in(folder, replace(options, trial=True), preparing)
    if code == 0:
        shutil.rmtree(folder.path, ignore_errors=True)
    return code


def _start_in(folder: DataFolder, options: Options, preparing: Lock) -> int:
    begun = time.monotonic()
    values = Values(folder, options.trial)
    wished = "" if options.check else lan.wished(values, options.lan)  # a check visits this machine only
    if wished:
        lan.refuse_beside_an_address(values)
    options = replace(options, empty=_is_empty(folder, values, options))
    if wished and not options.empty:
        lan.refuse_demo(folder)
    venv.ensure("runtime", folder.log("pip"))
    values.ensure_secret()
    opened = lan.prepare(values, wished) if wished else None
    with _listening(values, options, opened) as listeners, Servers(folder, values.wanted()) as servers:
        say(f"Data folder {folder.path}. " + _describe(servers))
        installation = _prepare(values, servers, listeners[0], options, opened)
        daily = opened.renew if opened else None
        with Supervisor(_services(installation, listeners), servers.revive, daily) as supervisor:
            _wait_ready(supervisor, installation)
            preparing.release()
            return _serve(supervisor, installation, options, begun)


def _describe(servers: Servers) -> str:
    if not servers.describe():
        return "Servers: your own."
    return f"Embedded servers, for trial and small teams: {servers.describe()}."


# --- demo or empty
def _is_empty(folder: DataFolder, values: Values, options: Options) -> bool:
    """Whether this folder is without demo data. Raises Problem where that contradicts how it was begun."""
    kind = read_kind(folder)
    if options.empty and kind in ("demo", "loading"):
        raise Problem(
            "starting without demo data",
            f"{folder.path} was begun with demo data.",
            "choose another folder: bin/start --empty --data DIR",
        )
    empty = options.empty or kind == "empty"
    if not empty:
        refuse_demo_in_public(values, "" if options.check else values.get("BASE_URL"))
    return empty


def read_kind(folder: DataFolder) -> str:
    """`demo`, `empty`, `loading` while demo data isn't complete, nothing before the first start."""
    return folder.kind_file.read_text(encoding="utf-8").strip() if folder.kind_file.exists() else ""


# --- preparing
def _prepare(
    values: Values, servers: Servers, listener: socket.socket, options: Options, opened: Lan | None = None
) -> Installation:
    folder, port = values.folder, listener.getsockname()[1]
    address = f"{'https' if opened else 'http'}://{HERE}:{port}"
    password = "" if options.empty else values.ensure_demo_password()
    base_url = f"https://{opened.address}:{port}" if opened else _base_url(values, address, options)
    given = {"BASE_URL": base_url, **values.kept(), **servers.addresses()}
    written = {**given, "KEBEN_ADDRESS": address}
    given.update(servers.programs())
    if opened:
        given |= opened.settings(values)
    if options.trial:
        given |= {"STORAGE_DIR": "", "ALLOWED_HOSTS": ""}  # the operator's would come in from the environment
    installation = Installation(folder, address, child_environment(folder, given), password, lan=opened)
    say("Preparing database and static files ...")
    with _static_files(installation):
        filled = fill(folder, installation.environment, options.empty)
        installation.accounts, installation.has_people = filled.accounts, filled.has_people
    # Only now: a value that the settings refused must not be remembered by the folder.
    before = envfile.read(folder.env_file).get("BASE_URL", "")
    envfile.rewrite_block(folder.env_file, written)
    if opened:
        if values.get(lan.CHOICE) and before != base_url:
            say(f"The address has changed: people opened {before} until now, which leads nowhere any more.")
        opened.remember(port)
    elif options.lan == lan.OFF:
        lan.forget(folder)
    return installation


@contextlib.contextmanager
def _static_files(installation: Installation) -> Iterator[None]:
    """Collect them, where they changed, beside what happens inside the `with` block."""
    if staticfiles.are_collected(installation.folder):
        yield
        return
    with Steps(installation.folder, installation.environment, "static_files") as aside:
        yield
        aside.finish()


def _base_url(values: Values, address: str, options: Options) -> str:
    """A check visits over plain http on this machine, where Secure cookies would not come back."""
    return address if options.check else values.get("BASE_URL") or address


def fill(folder: DataFolder, environment: dict[str, str], empty: bool) -> Filled:
    """The tables, and demo data on the first run of a folder begun without --empty."""
    kind_file, kind = folder.kind_file, read_kind(folder)
    if kind == "demo":
        return _filled(prepare_tables(folder, environment, "accounts"))
    has_people = bool(prepare_tables(folder, environment, "people")["people"])
    foreign = has_people and not kind
    if foreign and not empty:
        say("There are accounts in this database already: it stays without demo data.")
    if empty or foreign:
        kind_file.write_text("empty\n", encoding="utf-8")
        return Filled([], has_people)
    steps = ["clear_half_demo"] if kind == "loading" else []
    kind_file.write_text("loading\n", encoding="utf-8")  # interrupted here, the next start loads again
    told = run_steps(folder, environment, *steps, "demo", "accounts")
    kind_file.write_text("demo\n", encoding="utf-8")
    return _filled(told)


def _filled(told: Mapping[str, object]) -> Filled:
    """What the step `accounts` told."""
    return Filled(cast("list[dict[str, str]]", told["accounts"]), has_people=True)


# --- the port
@contextlib.contextmanager
def listen(wished: int | None, first: int = FIRST_PORT) -> Iterator[socket.socket]:
    """The listening socket, held by us: a web server that dies and comes back keeps its port."""
    (listener,) = _bind([HERE], wished) if wished else _bind_first_free([HERE], first)
    with listener:
        yield listener


@contextlib.contextmanager
def _listening(values: Values, options: Options, opened: Lan | None) -> Iterator[list[socket.socket]]:
    """The sockets of one start; with --lan that of this machine and that of the network, at one port that stays."""
    if opened is None:
        with listen(options.port) as listener:
            yield [listener]
        return
    hosts = [HERE, opened.address]
    port = options.port or int(values.get(lan.PORT) or 0)
    listeners = _bind(hosts, port) if port else _bind_first_free(hosts, lan.FIRST_PORT)
    with contextlib.ExitStack() as stack:
        for listener in listeners:
            stack.enter_context(listener)
        yield listeners


def _bind(hosts: Sequence[str], port: int) -> list[socket.socket]:
    """One socket for each address, all at this port. Raises Problem."""
    listeners = []
    try:
        for host in hosts:
            listeners.append(socket.socket())
            listeners[-1].setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listeners[-1].bind((host, port))
            listeners[-1].listen(256)
    except OSError as error:
        for listener in listeners:
            listener.close()
        raise Problem(
            f"listening on port {port}", error.strerror or str(error), "choose another with --port N, or leave it out."
        ) from error
    return listeners


def _bind_first_free(hosts: Sequence[str], first: int) -> list[socket.socket]:
    last = first + PORTS - 1
    for port in range(first, last + 1):
        with contextlib.suppress(Problem):
            return _bind(hosts, port)
    raise Problem("choosing a port", f"{first} to {last} are all busy.", "name a free one with --port N.")


# --- serving
def _services(installation: Installation, listeners: Sequence[socket.socket]) -> list[Service]:
    descriptors = tuple(listener.fileno() for listener in listeners)
    web = [part for number in descriptors for part in ("--bind", f"fd://{number}")]
    if installation.lan:
        web += installation.lan.gunicorn_options()
    names = {"web": "web server", "worker": "worker", "imports": "import worker", "beat": "beat"}
    return [
        Service(
            title,
            [str(venv.PYTHON), *service.COMMANDS[name], *(web if name == "web" else ())],
            installation.folder.log(name),
            {**installation.environment, **service.ENVIRONMENT[name]},
            descriptors if name == "web" else (),
        )
        for name, title in names.items()
    ]


def _wait_ready(supervisor: Supervisor, installation: Installation) -> None:
    end = time.monotonic() + READY_SECONDS
    say("Starting web server, workers and beat ...")
    supervisor.run(until=lambda: _healthy(installation) or time.monotonic() > end)
    if not _healthy(installation):
        log = installation.folder.log("web")
        why = f"/healthz doesn't answer 200; the end of {log}:\n{tail(log)}"
        raise Problem("starting the web server", why, f"look into {log}.")


def _healthy(installation: Installation) -> bool:
    opened = installation.lan
    context = ssl.create_default_context(cafile=opened.authority) if opened else None
    try:
        page = f"{installation.address}/healthz"
        with urllib.request.urlopen(page, timeout=ANSWER_SECONDS, context=context) as answer:
            return answer.status == 200
    except (OSError, urllib.error.URLError):
        return False


def _serve(supervisor: Supervisor, installation: Installation, options: Options, begun: float) -> int:
    base_url = installation.environment["BASE_URL"]
    say(f"Keben runs at {base_url}" + ("" if base_url == installation.address else f" (here {installation.address})"))
    if base_url != installation.address and not answers(base_url):
        say(f"Warning: nobody can open {base_url}, because nothing answers there.")
        say(f"Why: Keben listens at {installation.address} only, which other computers and phones can't reach.")
        say(
            f"What to do: start a proxy on this machine that passes {base_url} on to it (README, On a phone)."
            " To work on this machine alone, leave BASE_URL unset."
        )
    if installation.lan:
        for line in lan.words(installation.lan, base_url):
            say(line)
        lan.show_code(installation.lan, base_url)
    for account in installation.accounts:
        say(f"{account['role']} {account['email']} {installation.password}")
    if options.check:
        return check.run(supervisor, installation, begun)
    if not installation.has_people:
        for line in first_steps(installation.folder, base_url):
            say(line)
    say("Ctrl-C stops everything.")
    try:
        supervisor.run(until=lambda: False)
    except Interrupted:
        say("Stopping ...")
    return 0


def first_steps(folder: DataFolder, base_url: str) -> list[str]:
    """What to do in an installation without any account, with the command as it must be typed where one stands."""
    manage = "bin/manage" if Path.cwd() == ROOT else shlex.quote(str(ROOT / "bin" / "manage"))
    command = f"{manage} --data {shlex.quote(str(folder.path))} createsuperuser --owner"
    return [
        "Nobody has an account here yet. Next steps:",
        f"  1. In another terminal, make the first account: {command}",
        f"  2. Sign in at {base_url}",
        "  3. The page that opens leads on: your company, colleagues, customers and orders.",
    ]


def answers(url: str) -> bool:
    """Whether anything listens where this address leads, seen from this machine."""
    parts = urllib.parse.urlsplit(url)
    try:
        port = parts.port or {"https": 443}.get(parts.scheme, 80)
        with socket.create_connection((parts.hostname or "", port), timeout=2):
            return True
    except (OSError, ValueError):
        return False
