"""import_users, createsuperuser and create_token, as they are typed."""

import csv
import json
import os
import stat
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.conf import LazySettings
from django.core.management import CommandError, call_command
from django.test import Client

from accounts import services
from accounts.models import AuditEntry, Role, Team, User
from accounts.services import roles_ensure
from conftest import PASSWORD

pytestmark = pytest.mark.django_db
MAP = "name=姓名,mobile=手机,email=邮箱,team=团队,role=角色"
HEAD = "姓名,手机,邮箱,团队,角色\n"


@pytest.fixture(autouse=True)
def _folders(settings: LazySettings, tmp_path: Path, defaults: None) -> None:
    settings.DATA_DIR = tmp_path
    settings.STORAGE_DIR = str(tmp_path / "files")


def _import(tmp_path: Path, lines: str, *more: str, encoding: str = "utf-8") -> dict[str, Any]:
    path = tmp_path / "people.csv"
    path.write_bytes((HEAD + lines).encode(encoding))
    out = StringIO()
    call_command("import_users", str(path), "--map", MAP, "--json", *more, stdout=out, stderr=StringIO())
    return json.loads(out.getvalue().splitlines()[-1])


def test_people_teams_and_passwords(tmp_path: Path) -> None:
    result = _import(
        tmp_path, "张三,13800138001,zhang@example.com,East/Shanghai,rep\n李四,138 0013 8002,,East/Suzhou,team_lead\n"
    )
    assert (result["created"], result["errors"]) == (2, 0)
    assert Team.objects.get(name="Suzhou").parent.name == "East"
    li = User.objects.get(mobile="+8613800138002")
    assert (li.role.code, li.must_change_password, li.email) == ("team_lead", True, None)
    path = Path(result["passwords_file"])
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    with path.open(encoding="utf-8") as source:
        issued = {row["sign_in"]: row["password"] for row in csv.DictReader(source)}
    signed = Client().post("/login/", {"username": "zhang@example.com", "password": issued["zhang@example.com"]})
    assert signed.status_code == 302
    assert li.check_password(issued["+8613800138002"])


def test_the_passwords_stand_in_their_file_for_a_day(tmp_path: Path) -> None:
    old = Path(_import(tmp_path, "张三,13800138001,,East,rep\n")["passwords_file"])
    late = Path(_import(tmp_path, "李四,13800138002,,East,rep\n")["passwords_file"])
    hours_ago = {old: 25, late: 23}
    for path, hours in hours_ago.items():
        written = path.stat().st_mtime - hours * 3600
        os.utime(path, (written, written))
    (old.parent / "notes.txt").write_text("of somebody else")
    os.utime(old.parent / "notes.txt", (0, 0))
    services.tidy_sign_ins()
    assert sorted(path.name for path in old.parent.iterdir()) == sorted([late.name, "notes.txt"])


def test_the_next_import_deletes_old_ones_too(tmp_path: Path) -> None:
    old = Path(_import(tmp_path, "张三,13800138001,,East,rep\n")["passwords_file"])
    os.utime(old, (0, 0))
    _import(tmp_path, "李四,13800138002,,East,rep\n")
    assert not old.exists()


def test_again_changes_nothing_and_issues_no_password(tmp_path: Path) -> None:
    line = "张三,13800138001,zhang@example.com,East,rep\n"
    _import(tmp_path, line)
    result = _import(tmp_path, line)
    assert (result["created"], result["unchanged"], result["passwords_file"]) == (0, 1, None)


def test_known_people_are_updated_by_mail_or_number(tmp_path: Path) -> None:
    _import(tmp_path, "张三,13800138001,zhang@example.com,East,rep\n")
    before = User.objects.get(email="zhang@example.com")
    result = _import(tmp_path, "张三丰,+86 13800138001,,East/Shanghai,manager\n")
    after = User.objects.get(pk=before.pk)
    assert result["updated"] == 1
    assert (after.name, after.role.code, after.team.name, after.email) == (
        "张三丰",
        "manager",
        "Shanghai",
        before.email,
    )
    assert after.password == before.password


@pytest.mark.parametrize("encoding", ["gb18030", "utf-8-sig"])
def test_files_from_excel(tmp_path: Path, encoding: str) -> None:
    assert _import(tmp_path, "王五,13800138003,,华东,rep\n", encoding=encoding)["created"] == 1
    assert Team.objects.filter(name="华东").exists()


def test_bad_rows_go_to_the_error_file_with_their_reason(tmp_path: Path) -> None:
    result = _import(
        tmp_path,
        "甲,,,East,rep\n乙,13800138004,not-a-mail,East,rep\n丙,12,,East,rep\n丁,13800138005,,East,king\n,13800138006,,,\n"
        "戊,13800138007,,East,rep\n",
    )
    assert (result["created"], result["errors"]) == (1, 5)
    text = Path(result["error_file"]).read_text(encoding="utf-8")
    for words in ("not-a-mail", "king", "12"):
        assert words in text


def test_a_dry_run_writes_nothing(tmp_path: Path) -> None:
    result = _import(tmp_path, "张三,13800138001,,New/Team,rep\n", "--dry-run")
    assert (result["created"], result["dry_run"], result["passwords_file"]) == (1, True, None)
    assert not User.objects.exists()
    assert not Team.objects.exists()


def test_the_last_administrator_is_not_imported_away(tmp_path: Path) -> None:
    _import(tmp_path, "管,13800138001,boss@example.com,,administrator\n")
    result = _import(tmp_path, "管,,boss@example.com,,rep\n")
    assert (result["errors"], result["updated"]) == (1, 0)
    assert "last owner or administrator" in Path(result["error_file"]).read_text(encoding="utf-8")
    assert User.objects.get().role.code == "administrator"


def test_a_row_that_would_take_anothers_number_is_refused(tmp_path: Path) -> None:
    _import(tmp_path, "甲,13800138001,a@example.com,,rep\n乙,13800138002,b@example.com,,rep\n")
    assert _import(tmp_path, "甲,13800138002,a@example.com,,rep\n")["errors"] == 1


def test_a_missing_column_is_named(tmp_path: Path) -> None:
    path = tmp_path / "people.csv"
    path.write_text("a,b\n1,2\n")
    with pytest.raises(CommandError, match="姓名"):
        call_command("import_users", str(path), "--map", MAP)


# --- the first account ---------------------------------------------------------------------------------------------
@pytest.fixture
def env(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    monkeypatch.setenv("DJANGO_SUPERUSER_EMAIL", "boss@example.com")
    monkeypatch.setenv("DJANGO_SUPERUSER_PASSWORD", PASSWORD)
    return monkeypatch


@pytest.mark.parametrize(
    ("options", "role", "says"), [([], "administrator", "is an administrator"), (["--owner"], "owner", "is the owner")]
)
def test_createsuperuser_makes_an_administrator_or_an_owner(env: Any, options: list[str], role: str, says: str) -> None:
    out = StringIO()
    call_command("createsuperuser", "--noinput", *options, stdout=out)
    boss = User.objects.get()
    assert (boss.role.code, boss.must_change_password, boss.check_password(PASSWORD)) == (role, False, True)
    assert boss.can("role.change")
    assert says in out.getvalue()


def test_it_is_found_before_djangos_own(env: Any) -> None:
    from django.core.management import get_commands

    assert get_commands()["createsuperuser"] == "accounts"


def test_it_fills_the_roles_where_the_first_start_has_not(env: Any) -> None:
    Role.objects.all().delete()
    call_command("createsuperuser", "--noinput", stdout=StringIO())
    assert User.objects.get().can("user.add")
    roles_ensure()
    assert User.objects.get().can("user.add")


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("DJANGO_SUPERUSER_EMAIL", "", "DJANGO_SUPERUSER_EMAIL"),
        ("DJANGO_SUPERUSER_PASSWORD", "", "DJANGO_SUPERUSER_PASSWORD"),
        ("DJANGO_SUPERUSER_PASSWORD", "short", "another password"),
    ],
)
def test_what_is_missing_is_named(env: Any, name: str, value: str, says: str) -> None:
    env.setenv(name, value)
    with pytest.raises(CommandError, match=says):
        call_command("createsuperuser", "--noinput", stdout=StringIO())


def test_the_same_address_twice_is_a_sentence(env: Any) -> None:
    call_command("createsuperuser", "--noinput", stdout=StringIO())
    with pytest.raises(CommandError, match="already"):
        call_command("createsuperuser", "--noinput", stdout=StringIO())


def test_a_fresh_installation_has_no_account_at_all() -> None:
    """S14: no default account."""
    assert not User.objects.exists()


# --- tokens ----------------------------------------------------------------------------------------------------------
def test_a_token_works_and_only_its_digest_is_stored(cast: Any) -> None:
    out = StringIO()
    call_command("create_token", "wang@example.com", "--json", stdout=out)
    key = json.loads(out.getvalue())["token"]
    assert Client(headers={"Authorization": f"Token {key}"}).get("/api/v1/users/me/").status_code == 200
    assert Client(headers={"Authorization": f"Token {key}x"}).get("/api/v1/users/me/").status_code == 401
    assert cast.wang.tokens.get().digest != key
    assert key not in str(AuditEntry.objects.get(act="token.create").__dict__)


def test_no_token_for_nobody(cast: Any) -> None:
    User.objects.filter(pk=cast.li.pk).update(is_active=False)
    for name in ("nobody@example.com", "li@example.com"):
        with pytest.raises(CommandError, match="no active user"):
            call_command("create_token", name)


def test_changepassword_gives_a_temporary_password_once(cast: Any, sign_in: Any) -> None:
    client = sign_in(cast.wang)
    out = StringIO()
    call_command("changepassword", "Wang@Example.com", "--json", stdout=out)
    password = json.loads(out.getvalue().splitlines()[-1])["password"]
    cast.wang.refresh_from_db()
    assert cast.wang.check_password(password)
    assert cast.wang.must_change_password
    assert client.get("/").status_code == 302  # the session has ended
    assert AuditEntry.objects.filter(act="user.password_renew", object_id=cast.wang.pk).exists()


def test_changepassword_names_a_person_it_does_not_know(cast: Any) -> None:
    with pytest.raises(CommandError, match="no active user"):
        call_command("changepassword", "nobody@example.com")
