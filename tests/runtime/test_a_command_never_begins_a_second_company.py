"""`bin/manage` with the folder forgotten or mistyped: it says where it looked, and makes nothing there."""

import json
import os
import subprocess
from pathlib import Path
from typing import Any

import pytest

from runtime import managing
from runtime import say as words
from runtime.layout import ROOT, DataFolder
from runtime.prepare import needs_company, prepared_file, schema_of_code
from runtime.problems import Problem

FOLDER_OF_ONES_OWN = ("DATABASE_URL", "REDIS_URL", "KEBEN_DATA")


@pytest.fixture
def environment() -> dict[str, str]:
    of_the_tests = ("DATABASE_URL", "REDIS_URL", "SECRET_KEY", "DJANGO_SETTINGS_MODULE")
    return {
        name: value for name, value in os.environ.items() if name not in of_the_tests and not name.startswith("KEBEN_")
    }


@pytest.fixture(autouse=True)
def _stream(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the launcher speaks: what a command chose must not stay for the next test."""
    monkeypatch.setattr(words, "_stream", None)


def _manage(environment: dict[str, str], *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [str(ROOT / "bin" / "manage"), *arguments]
    return subprocess.run(command, env=environment, capture_output=True, text=True, stdin=subprocess.DEVNULL)


@pytest.mark.parametrize(
    "command",
    ["import_users", "import_customers", "import_orders", "createsuperuser", "changepassword", "rescore", "shell"],
)
def test_what_works_on_a_company_refuses_a_folder_that_is_not_there(
    tmp_path: Path, environment: dict[str, str], command: str
) -> None:
    answer = _manage({**environment, "KEBEN_DATA": str(tmp_path / "typo")}, command, "file.csv")
    assert answer.returncode == 1
    assert answer.stdout == ""
    failed, why, cure = answer.stderr.splitlines()
    assert failed == f"Failed: finding the company for {command}"
    assert why == f"Why: the data folder {tmp_path}/typo (named by KEBEN_DATA) doesn't exist."
    assert f"bin/manage --data DIR {command} ..., or set KEBEN_DATA=DIR." in cure
    assert cure.endswith("A new company is made by bin/start --empty --data DIR.")
    assert list(tmp_path.iterdir()) == []


def test_an_empty_folder_stays_empty(tmp_path: Path, environment: dict[str, str]) -> None:
    answer = _manage(environment, "--data", str(tmp_path), "rescore")
    assert f"{tmp_path} (named by --data) has no tables." in answer.stderr
    assert list(tmp_path.iterdir()) == []


def test_it_says_that_nobody_named_the_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in FOLDER_OF_ONES_OWN:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(managing, "data_folder", lambda _option: DataFolder(tmp_path / ".local"))
    with pytest.raises(Problem, match=r"\.local \(the default\) doesn't exist"):
        managing.manage(["createsuperuser"], None)


@pytest.mark.parametrize(
    "arguments",
    [[], ["migrate"], ["check"], ["test"], ["help"], ["import_orders", "--help"], ["load_demo"], ["ensure_company"]],
)
def test_what_is_meant_to_make_one_or_needs_none_goes_on(arguments: list[str]) -> None:
    assert not needs_company(arguments)


class Stub:
    """The servers of a folder, none started."""

    def __init__(self, *_: object) -> None: ...
    def __enter__(self) -> "Stub":
        return self

    def __exit__(self, *_: object) -> None: ...


@pytest.fixture
def called(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What was run; no server, no Django."""
    run: list[str] = []

    def command(parts: list[Any], _environment: Any) -> int:
        run.append(str(parts[2]))
        return 0

    monkeypatch.setattr(managing, "Servers", Stub)
    monkeypatch.setattr(managing.venv, "ensure", lambda *_: None)
    monkeypatch.setattr(managing, "kept_environment", lambda *_: {})
    monkeypatch.setattr(managing.foreground, "run", command)
    monkeypatch.setattr(managing, "_make_tables", lambda *_: run.append("tables made"))
    for name in FOLDER_OF_ONES_OWN:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("SECRET_KEY", "x" * 40)
    return run


@pytest.mark.parametrize("there", [True, False])
def test_of_servers_of_ones_own_the_database_is_asked(
    tmp_path: Path, called: list[str], monkeypatch: pytest.MonkeyPatch, there: bool
) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgres://crm:pw@db.example.com/crm")
    monkeypatch.setattr(managing, "run_steps", lambda *_: {"tables": there})
    if there:
        assert managing.manage(["rescore"], str(tmp_path)) == 0
        assert called == ["tables made", "rescore"]
    else:
        with pytest.raises(Problem, match="has no tables"):
            managing.manage(["rescore"], str(tmp_path))
        assert called == []


@pytest.mark.parametrize("command", ["import_orders", "import_rates", "createsuperuser", "changepassword", "rescore"])
def test_a_result_names_its_folder(
    tmp_path: Path, called: list[str], capsys: pytest.CaptureFixture[str], command: str
) -> None:
    prepared_file(DataFolder(tmp_path)).write_text(schema_of_code())
    assert managing.manage([command], str(tmp_path)) == 0
    assert called == [command]
    assert capsys.readouterr().err.splitlines()[-1] == f"Data folder: {tmp_path}"


def test_the_launcher_speaks_beside_the_result(tmp_path: Path, environment: dict[str, str]) -> None:
    """A real folder: `migrate` makes its tables, the first account comes after it, and JSON stays alone on stdout."""
    given = ["--data", str(tmp_path / "own")]
    assert _manage(environment, *given, "migrate", "-v0").returncode == 0
    account = {"DJANGO_SUPERUSER_EMAIL": "boss@example.com", "DJANGO_SUPERUSER_PASSWORD": "teal-otter-of-the-north-42"}
    answer = _manage({**environment, **account}, *given, "createsuperuser", "--noinput", "--json")
    assert json.loads(answer.stdout)["email"] == "boss@example.com", answer.stderr
    assert answer.stderr.splitlines()[-1] == f"Data folder: {tmp_path}/own"
