"""Brings database, translations, static files and demo data of one folder to where a start needs them."""

import hashlib
import json
import subprocess
from collections.abc import Mapping
from pathlib import Path

from runtime import venv
from runtime.layout import ROOT, DataFolder, open_log
from runtime.problems import Problem, tail
from runtime.processes import die_with_parent, end_group
from runtime.say import say

TABLES = ("not_newer", "translations", "chinese_search", "migrate", "company")
NO_TABLES_NEEDED = {
    *("help", "version", "check", "diffsettings", "test"),
    *("makemigrations", "migrate", "showmigrations", "sqlmigrate", "squashmigrations", "optimizemigration"),
    *("restore", "restore_drill"),  # the tables are those of the backup
    *("compile_translations", "update_translations", "contributions", "collectstatic", "findstatic", "spectacular"),
}
# Called to fill a folder; every other command works on a company that is there.
MAKE_A_COMPANY = {"ensure_company", "load_demo", "load_scale"}


class Steps:
    """Steps of runtime/django_steps.py, running in one process. Leaving the `with` block early ends them."""

    def __init__(self, folder: DataFolder, environment: Mapping[str, str], *names: str) -> None:
        self._log = folder.log("prepare")
        with open_log(self._log) as output:
            self._child = subprocess.Popen(
                [str(venv.PYTHON), "-m", "runtime.django_steps", *names],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=output,
                env=dict(environment),
                cwd=ROOT,
                process_group=0,
                preexec_fn=die_with_parent,
            )

    def finish(self) -> dict[str, object]:
        """Wait for them; what they told, by name. Raises Problem."""
        told: dict[str, object] = {}
        for line in self._child.stdout:
            _hear(json.loads(line), told)
        self._child.wait()
        _raise_failure(told, self._child.returncode, self._log)
        return told

    def __enter__(self) -> "Steps":
        return self

    def __exit__(self, *_: object) -> None:
        if self._child.poll() is None:
            end_group(self._child, 5)
        self._child.stdout.close()


def run_steps(folder: DataFolder, environment: Mapping[str, str], *names: str) -> dict[str, object]:
    """Run these steps one after the other; what they told, by name. Raises Problem."""
    with Steps(folder, environment, *names) as steps:
        return steps.finish()


def _hear(message: dict[str, object], told: dict[str, object]) -> None:
    if "say" in message:
        say(str(message["say"]))
    else:
        told.update(message)


def _raise_failure(told: Mapping[str, object], code: int, log: Path) -> None:
    if "failed" in told:
        raise Problem(**told["failed"])
    if code != 0:
        raise Problem("preparing the installation", f"exit {code}; the end of {log}:\n{tail(log)}", f"look into {log}.")


def prepare_tables(folder: DataFolder, environment: Mapping[str, str], *more: str) -> dict[str, object]:
    """Migrate and fix the company's basics, then the steps `more`."""
    told = run_steps(folder, environment, *TABLES, *more)
    prepared_file(folder).write_text(schema_of_code(), encoding="utf-8")
    return told


def prepared_file(folder: DataFolder) -> Path:
    """Says of which code the tables are; exists once they were made from this folder."""
    return folder.path / "prepared"


def schema_of_code() -> str:
    """A digest that moves when a migration comes: our own by name, those of other packages by the pinned versions."""
    names = sorted(str(path.relative_to(ROOT)) for path in ROOT.glob("*/migrations/[0-9]*.py"))
    pins = (ROOT / "requirements.txt").read_text(encoding="utf-8")
    return hashlib.sha256("\n".join([*names, pins]).encode()).hexdigest()


def needs_tables(folder: DataFolder, arguments: list[str]) -> bool:
    """Whether this management command meets a folder whose tables were not made yet, or by older code."""
    return reads_tables(arguments) and tables_of(folder) != schema_of_code()


def reads_tables(arguments: list[str]) -> bool:
    """Whether this management command needs the tables of a company."""
    asks_only = bool({"-h", "--help", "--version"} & set(arguments))
    return bool(arguments) and arguments[0] not in NO_TABLES_NEEDED and not asks_only


def needs_company(arguments: list[str]) -> bool:
    """Whether this management command works on a company that is there, and must not begin one."""
    return reads_tables(arguments) and arguments[0] not in MAKE_A_COMPANY


def tables_of(folder: DataFolder) -> str:
    """The digest of the code that made the tables; empty when none did."""
    file = prepared_file(folder)
    return (file.read_text(encoding="utf-8") or "unknown") if file.exists() else ""
