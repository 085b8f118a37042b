"""`bin/test`: the checks and the suite, against PostgreSQL and Valkey of its own that never touch a data folder."""

import contextlib
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from runtime import browser, foreground, venv
from runtime.embedded import Servers, Wanted
from runtime.environment import child_environment
from runtime.kept import Kept
from runtime.layout import ROOT, DataFolder
from runtime.postgres import OLDEST, Programs, find_postgres
from runtime.problems import Problem
from runtime.processes import die_with_parent
from runtime.say import say

# What an operator may have set for the installation must not change what the tests see.
OPERATORS = (
    "SECRET_KEY",
    "BASE_URL",
    "TRUSTED_PROXIES",
    "TIME_ZONE",
    "CURRENCY",
    "ALLOWED_HOSTS",
    "DEBUG",
    "EMAIL_URL",
)
OPERATORS += ("SMS_URL", "WEBHOOK_URLS", "IMAP_URL", "STORAGE_DIR", "OUTBOUND_ALLOW", "DEMO_PASSWORD", "KEBEN_TEST_DB")
IMPORT_LINTER = "from importlinter.cli import lint_imports_command as check; check()"
CHECKS: Mapping[str, Sequence[str]] = {
    "ruff check": ("-m", "ruff", "check", "."),
    "ruff format --check": ("-m", "ruff", "format", "--check", "."),
    "mypy": ("-m", "runtime.typecheck"),
    "import contracts": ("-c", IMPORT_LINTER),
    "manage.py check": ("manage.py", "check"),
    "manage.py makemigrations --check": ("manage.py", "makemigrations", "--check", "--dry-run"),
}
IN_TWO = ("-n", "2", "--dist", "loadgroup")
KILLED = 128  # exit codes above it are signals: pytest had no time to take its rows away
SMOKE = ("-m", "smoke and not heavy", "-q", *IN_TWO)


def everything() -> int:
    """All checks, the smoke tests on a system PostgreSQL, then the suite."""
    with _test_servers() as environment, _making_tables(environment):
        with _system_servers() as older:
            for title, arguments in CHECKS.items():
                say(f"--- {title}")
                if _python(arguments, environment):
                    raise Problem(title, "see above.", "correct what it names.")
            if older:
                _smoke(older)
        _tell_about_browser()
        # One group a site: the browser tests share one demo company and one server.
        return _pytest(IN_TWO, environment)


def chosen(arguments: Sequence[str]) -> int:
    """Only pytest, with these arguments."""
    with _test_servers() as environment:
        return _pytest(arguments, environment)


def kept(arguments: Sequence[str]) -> int:
    """Only pytest, on servers and a database that stay for the next call (runtime/kept.py)."""
    here = Kept()
    with _folder_of_a_run() as folder, here.call() as servers:
        if servers is None:
            say("Another bin/test --keep is running here: this one starts servers of its own.")
            return chosen(arguments or IN_TWO)
        name, options = here.begin(servers.postgres)
        environment = _test_environment(folder, servers) | {"KEBEN_TEST_DB": name}
        code = _pytest([*options, *(arguments or IN_TWO)], environment)
        if code < KILLED:
            here.finish()
        return code


def stop_kept() -> int:
    """End the kept servers now."""
    say("The kept servers are stopped." if Kept().stop() else "No servers were kept.")
    return 0


def heavy(name: str, arguments: Sequence[str]) -> int:
    """One of the long suites."""
    files = sorted((ROOT / "tests" / "heavy").glob(f"test_{name}*.py"))
    if not files:
        there = sorted(path.stem.removeprefix("test_") for path in (ROOT / "tests" / "heavy").glob("test_*.py"))
        raise Problem(f"choosing the heavy suite {name}", "there is none of that name.", f"one of: {', '.join(there)}")
    with _test_servers() as environment:
        return _pytest([*map(str, files), "-m", "heavy", *arguments], environment)


@contextlib.contextmanager
def _system_servers() -> Iterator[dict[str, str] | None]:
    """The environment of tests on the system's PostgreSQL, whose tables are being made; None where there is none."""
    try:
        programs = find_postgres(system=True)
    except Problem:
        say(f"--- no system PostgreSQL >= {OLDEST} found: the smoke tests run on the pinned one only")
        yield None
        return
    with _test_servers(programs) as environment, _making_tables(environment):
        yield environment


@contextlib.contextmanager
def _making_tables(environment: Mapping[str, str]) -> Iterator[None]:
    """Meanwhile the database is made that those of the tests are copied from: it takes one core half a minute or more,
    in which the checks leave the other one idle. Tests that come before it's ready wait for it."""
    settings = {"DJANGO_SETTINGS_MODULE": "crm.settings_test"}
    command = [str(venv.PYTHON), "-m", "tests.databases"]
    child = subprocess.Popen(command, env={**environment, **settings}, cwd=ROOT, preexec_fn=die_with_parent)
    try:
        yield
    finally:
        child.terminate()
        child.wait()


def _smoke(environment: Mapping[str, str]) -> None:
    """The suite runs on the pinned PostgreSQL; what leans on the database most once more on the system's."""
    programs = find_postgres(system=True)
    say(f"--- smoke tests on the system's PostgreSQL {programs.version}")
    if _pytest(SMOKE, environment):
        title = f"the smoke tests on PostgreSQL {programs.version}"
        raise Problem(title, "see above.", "bin/test -m smoke repeats them on the pinned one.")


def _tell_about_browser() -> None:
    if browser.find_chromium():
        return
    if browser.is_required():
        why = "there is none, and KEBEN_REQUIRE_BROWSER forbids to skip the browser tests."
        raise Problem("looking for Chromium", why, "apt-get install chromium fonts-noto-cjk")
    say(browser.MISSING)


def _python(arguments: Sequence[str], environment: Mapping[str, str]) -> int:
    return foreground.run([venv.PYTHON, *arguments], environment, ROOT)


def _pytest(arguments: Sequence[str], environment: Mapping[str, str]) -> int:
    if not _translations_are_compiled():  # else a test reads the Chinese of an earlier day
        _python(["manage.py", "compile_translations"], environment)
    return _python(["-m", "pytest", *arguments], environment)


def _translations_are_compiled() -> bool:
    pairs = [(source, source.with_suffix(".mo")) for source in ROOT.glob("locale/*/LC_MESSAGES/*.po")]
    return all(made.exists() and made.stat().st_mtime > source.stat().st_mtime for source, made in pairs)


@contextlib.contextmanager
def _test_servers(programs: Programs | None = None) -> Iterator[dict[str, str]]:
    """The environment of the tests: servers and files in a temporary folder that goes with them."""
    with _folder_of_a_run() as folder, Servers(folder, Wanted(), programs or find_postgres(), durable=False) as servers:
        yield _test_environment(folder, servers)


@contextlib.contextmanager
def _folder_of_a_run() -> Iterator[DataFolder]:
    """Where this run's files and logs lie; the packages are there before anything starts."""
    folder = DataFolder(Path(tempfile.mkdtemp(prefix="keben-test-"))).make()
    try:
        venv.ensure("dev", folder.log("pip"))
        yield folder
    finally:
        shutil.rmtree(folder.path, ignore_errors=True)


def _test_environment(folder: DataFolder, servers: Servers) -> dict[str, str]:
    given = {**servers.programs(), **servers.addresses(), "KEBEN_IGNORE_ENV_FILES": "1"}
    environment = child_environment(folder, given)
    for name in OPERATORS:
        environment.pop(name, None)
    return {**environment, "SECRET_KEY": "tests-only-key-with-more-than-thirty-two-characters"}
