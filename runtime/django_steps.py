"""The preparing steps that need Django, all in one process because loading it takes longer than most of them.

Run with .venv's Python as `-m runtime.django_steps STEP...`. Standard output carries one JSON object a line for the
launcher ({"say": ...}, {"failed": {...}}, {"tables": bool}, {"people": bool}, {"accounts": [...]}); all else goes to
standard error.
"""

import io
import json
import os
import sys
from collections.abc import Callable
from pathlib import Path

import django
from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.exceptions import ImproperlyConfigured
from django.core.management import CommandError, call_command
from django.db import OperationalError, connection
from django.db.migrations.loader import MigrationLoader

from core import checks, scrub
from core.version import VERSION
from runtime import staticfiles
from runtime.layout import DataFolder


class StepProblem(Exception):
    """Why a step failed and what to do."""

    def __init__(self, why: str, cure: str) -> None:
        super().__init__(why)
        self.why, self.cure = why, cure


def translations() -> None:
    call_command("compile_translations", stdout=sys.stderr)


def tables() -> None:
    """Tell whether there is a company in this database."""
    tell(tables="core_company" in connection.introspection.table_names())


def not_newer() -> None:
    """Older code on the tables of newer code would write what the newer code misreads."""
    loader = MigrationLoader(connection)
    known = set(loader.disk_migrations).union(*(one.replaces for one in loader.disk_migrations.values()))
    newer = sorted(one for one in loader.applied_migrations if one[0] in loader.migrated_apps and one not in known)
    if newer:
        names = ", ".join(f"{app} {name}" for app, name in newer[:3])
        more = f" and {len(newer) - 3} more" if len(newer) > 3 else ""
        raise StepProblem(
            f"it was made by a newer version than {VERSION}, which doesn't know its changes {names}{more}."
            " Nothing was written.",
            "start the newer version again; or go back to a backup of this company made before the update.",
        )


def chinese_search() -> None:
    if not checks.cuts_chinese():
        raise StepProblem(checks.BLIND, checks.CURE)


def static_files() -> None:
    # The API documentation is Swagger's; Redoc beside it would cost seconds of compression for nobody.
    call_command("collectstatic", interactive=False, verbosity=0, ignore_patterns=["redoc"], stdout=sys.stderr)
    staticfiles.remember(DataFolder(Path(settings.DATA_DIR)))


def migrate() -> None:
    call_command("migrate", interactive=False, verbosity=1, stdout=sys.stderr)


def company() -> None:
    call_command("ensure_company", stdout=sys.stderr)


def people() -> None:
    """Tell whether anybody has an account yet."""
    tell(people=get_user_model()._default_manager.exists())


def clear_half_demo() -> None:
    """A demo whose filling was interrupted after its people were written is begun afresh."""
    if get_user_model()._default_manager.exists():
        call_command("clear_demo", stdout=sys.stderr)
        (Path(settings.DATA_DIR) / "kind").write_text("loading\n", encoding="utf-8")


def demo() -> None:
    tell(say="Filling in the demo company (once; about half a minute) ...")
    call_command("load_demo", stdout=sys.stderr)


def accounts() -> None:
    """Tell the demo accounts: a list of {"role", "email"}."""
    answer = io.StringIO()
    call_command("demo_accounts", json=True, restore=True, stdout=answer)
    tell(accounts=json.loads(answer.getvalue().strip().splitlines()[-1]))


STEPS: dict[str, tuple[str, Callable[[], None]]] = {
    "translations": ("compiling the translations", translations),
    "tables": ("looking for the company", tables),
    "not_newer": ("reading the database", not_newer),
    "chinese_search": ("checking the search in Chinese", chinese_search),
    "static_files": ("collecting the static files", static_files),
    "migrate": ("bringing the database up to date", migrate),
    "company": ("fixing the company's time zone and currency", company),
    "people": ("reading the accounts", people),
    "clear_half_demo": ("clearing a half filled demo company", clear_half_demo),
    "demo": ("filling in the demo company", demo),
    "accounts": ("reading the demo accounts", accounts),
}


def tell(**message: object) -> None:
    print(json.dumps(message, ensure_ascii=False), file=_launcher, flush=True)


def _run(name: str) -> bool:
    title, step = STEPS[name]
    try:
        step()
    except Exception as error:
        print(scrub.trace(error), file=sys.stderr)
        why, cure = _explain(error)
        tell(failed={"step": title, "why": why, "cure": cure})
        return False
    return True


def _explain(error: Exception) -> tuple[str, str]:
    if isinstance(error, StepProblem):
        return error.why, error.cure
    if isinstance(error, ImproperlyConfigured):
        return str(error), "correct it in the environment or in the env file of the data folder, and start again."
    if isinstance(error, OperationalError):
        return f"the database doesn't answer: {error}".strip(), "check DATABASE_URL and that server."
    if isinstance(error, CommandError):
        return str(error), "see the message; more stands in log/prepare.log of the data folder."
    return scrub.words_of(error), "see log/prepare.log in the data folder; it holds the whole trace."


def _set_up() -> bool:
    try:
        django.setup()
    except Exception as error:
        print(scrub.trace(error), file=sys.stderr)
        why, cure = _explain(error)
        tell(failed={"step": "reading the settings", "why": why, "cure": cure})
        return False
    return True


def main(names: list[str]) -> int:
    return 0 if _set_up() and all(_run(name) for name in names) else 1


if __name__ == "__main__":
    # Commands may print what they like: their standard output is the log, the launcher has a line of its own.
    _launcher = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "crm.settings")
    sys.exit(main(sys.argv[1:]))
