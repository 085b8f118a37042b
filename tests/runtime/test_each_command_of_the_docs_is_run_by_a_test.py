"""Every command that README, CONTRIBUTING and docs/ show is run by a test: by which, stands here.

A command that is added to a document needs its line here and a test that runs it; the test named must be there and
must name the command itself or call what stands behind it.
"""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from runtime.layout import ROOT

BLOCK = re.compile(r"^```\w*\n(.*?)^```", re.M | re.S)
QUOTED = re.compile(r"`([^`\n]+)`")
CALL = re.compile(r"(?:\w+=\S+ +)*(bin/\w+|deploy/upgrade|\.ci/run|curl)\b(.*)")

# command and subcommand: the file of the test that runs it, and a word by which the test is found in it
RUN_BY = {
    "bin/start": ("tests/runtime/test_a_company_of_ones_own_begins_as_the_readme_says.py", "_lines_of_the_readme"),
    "bin/start --check": ("tests/heavy/test_check.py", "--check"),
    "bin/start --install": ("tests/runtime/test_it_runs_as_a_service.py", "--install"),
    "bin/start --lan": ("tests/heavy/test_office_https.py", "--lan"),
    "bin/start --uninstall": ("tests/runtime/test_it_runs_as_a_service.py", "uninstall"),
    "bin/dev": ("tests/runtime/test_the_reloading_server.py", "dev."),
    "bin/test": ("tests/runtime/test_known_type_errors_only_become_fewer.py", "def test_"),
    "bin/test --keep": ("tests/runtime/test_test_servers_can_stay_between_calls.py", "def test_the_next_call"),
    "bin/test --stop": ("tests/runtime/test_test_servers_can_stay_between_calls.py", "def test_a_stop_ends"),
    "bin/manage backup": ("tests/runtime/test_a_backup_comes_back.py", "def test_the_drill"),
    "bin/manage restore": ("tests/runtime/test_a_backup_comes_back.py", "def test_customers_files_and_sign_ins"),
    "bin/manage restore_drill": ("tests/runtime/test_a_backup_comes_back.py", "restore_drill"),
    "bin/manage bench": ("demo/tests/test_pages_are_weighed.py", "bench"),
    "bin/manage changepassword": ("accounts/tests/test_commands.py", "changepassword"),
    "bin/manage check": ("tests/access/test_start_up_checks.py", "def test_"),
    "bin/manage check_health": ("core/tests/test_health_names_redis_and_the_disk.py", "check_health"),
    "bin/manage clear_demo": ("demo/tests/test_the_demo_company.py", "clear_demo"),
    "bin/manage confirm_clock": ("workbench/tests/test_a_wrong_clock_does_no_harm.py", "confirm_clock"),
    "bin/manage contributions": ("tests/test_contributions_are_complete.py", "contributions"),
    "bin/manage create_token": ("accounts/tests/test_commands.py", "create_token"),
    "bin/manage createsuperuser": (
        "tests/runtime/test_a_company_of_ones_own_begins_as_the_readme_says.py",
        "make_account",
    ),
    "bin/manage import_customers": ("crm/tests/test_the_import_lines_of_the_readme_work.py", "README"),
    "bin/manage import_orders": ("crm/tests/test_the_import_lines_of_the_readme_work.py", "README"),
    "bin/manage import_users": ("crm/tests/test_the_import_lines_of_the_readme_work.py", "README"),
    "bin/manage load_scale": ("demo/tests/test_scale_data_opens_no_door.py", "load_scale"),
    "bin/manage make_owner": ("accounts/tests/test_the_owners_role.py", "make_owner"),
    "bin/manage makemigrations": ("tests/recipes/test_add_an_entity.py", "makemigrations"),
    "bin/manage update_translations": ("core/tests/test_translations_keep_what_is_there.py", "update_translations"),
    "bin/manage withdraw_runs": ("workbench/tests/test_nights_of_the_future_are_taken_back.py", "withdraw_runs"),
    "deploy/upgrade": ("tests/heavy/test_deploy.py", "deploy/upgrade"),
    "curl": ("accounts/tests/test_commands.py", "Token "),
}
# Nothing that a test could tell anything about: a shell for looking around, and the suites themselves.
NOT_RUN = ("bin/manage", "bin/manage shell", ".ci/run", "bin/test --heavy")


def _documents() -> list[Path]:
    return [*(ROOT / name for name in ("README.md", "CONTRIBUTING.md")), *sorted((ROOT / "docs").rglob("*.md"))]


def _commands() -> Iterator[str]:
    """Each call shown anywhere, as script and subcommand or leading option."""
    for path in _documents():
        text = path.read_text(encoding="utf-8")
        lines = [line for block in BLOCK.findall(text) for line in block.splitlines()]
        for line in [*lines, *QUOTED.findall(BLOCK.sub("", text))]:
            if found := CALL.match(line.strip()):
                yield _named(found[1], found[2].partition("#")[0].split())


def _named(script: str, words: list[str]) -> str:
    if script == "bin/manage":
        words = words[2:] if words[:1] == ["--data"] else words
        return " ".join([script, *words[:1]])
    telling = [word for word in words if word in ("--check", "--install", "--lan", "--uninstall", "--keep", "--stop")]
    if script == "bin/test" and words[:1] == ["--heavy"]:
        return "bin/test --heavy"
    return " ".join([script, *telling[:1]])


def test_each_command_of_the_docs_has_its_test() -> None:
    shown = set(_commands())
    assert sorted(shown - set(RUN_BY) - set(NOT_RUN)) == []
    assert sorted(set(RUN_BY) - shown - {"bin/start --uninstall"}) == [], "no document shows it any more"


@pytest.mark.parametrize("command", RUN_BY)
def test_the_test_of_each_is_there(command: str) -> None:
    path, word = RUN_BY[command]
    assert word in (ROOT / path).read_text(encoding="utf-8")
