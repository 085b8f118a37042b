"""Whatever door a name comes through, the same person has the same one: page, form, file and command."""

from importlib import import_module
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction
from django.test import Client

from accounts.backends import find_account
from accounts.models import User
from accounts.names import normal_email, normal_name
from accounts.tests.helpers import sign_in_by_form, text_of

pytestmark = pytest.mark.django_db
SPELLINGS = [
    "wang@example.com",
    " WANG@Example.COM ",
    "ｗａｎｇ＠example.com",
    "wang@example．com",
    "wang@eXample。com",
]


@pytest.mark.parametrize("typed", SPELLINGS)
def test_all_spellings_find_the_account(cast: Any, typed: str) -> None:
    assert find_account(typed) == cast.wang
    assert sign_in_by_form(Client(), typed).status_code == 302


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("ſong@example.com", "song@example.com"),
        ("\N{KELVIN SIGN}im@example.com", "kim@example.com"),
        ("li@客本.中国", "li@xn--ubt81y.xn--fiqs8s"),
        ("Li.Na+crm@EXAMPLE.com", "li.na+crm@example.com"),
    ],
)
def test_look_alike_letters_become_the_plain_ones(typed: str, stored: str) -> None:
    assert normal_email(typed) == normal_name(typed) == stored


@pytest.mark.parametrize(
    "typed", ["lın@example.com", "İli@example.com", "王@example.com", "wаng@example.com", "lí@x.cn"]
)
def test_other_letters_before_the_at_are_refused_with_the_cure(typed: str) -> None:
    with pytest.raises(ValidationError, match="only Latin letters"):
        normal_email(typed)
    assert normal_name(typed) != normal_name("lin@example.com")


@pytest.mark.parametrize(
    "typed", ["", "@", "wang", "wang@", "@example.com", "wang@example..com", "a b@example.com", "x@" + "界" * 70]
)
def test_what_is_no_address_is_refused_with_an_example(typed: str) -> None:
    with pytest.raises(ValidationError, match=r"wang@example\.com"):
        normal_email(typed)


def test_it_is_stored_in_that_spelling(cast: Any) -> None:
    user = User.objects.create_user(email=" Zhao@Exampleſ.com", password="x", name="x", role=cast.wang.role)
    assert User.objects.get(pk=user.pk).email == "zhao@examples.com"


def test_the_database_takes_no_other_case_and_no_second_one(cast: Any) -> None:
    for email in ("Wang@example.com", "WANG@EXAMPLE.COM", "li@example.com"):
        with pytest.raises(IntegrityError), transaction.atomic():
            User.objects.filter(pk=cast.wang.pk).update(email=email)


@pytest.mark.parametrize("typed", ["WANG@example.com", "ｗang@example.com"])
def test_the_form_sees_that_the_address_is_taken(sign_in: Any, cast: Any, typed: str) -> None:
    sent = {"name": "x", "email": typed, "mobile": "", "role": cast.wang.role_id, "team": ""}
    response = sign_in(cast.admin).post("/settings/users/new/", sent)
    assert "Another user signs in with this address" in text_of(response)


def test_the_form_names_the_letters(sign_in: Any, cast: Any) -> None:
    sent = {"name": "x", "email": "lın@example.com", "mobile": "", "role": cast.wang.role_id, "team": ""}
    assert "only Latin letters" in text_of(sign_in(cast.admin).post("/settings/users/new/", sent))


def test_a_file_finds_the_account_too(cast: Any, tmp_path: Path, settings: Any) -> None:
    settings.DATA_DIR, settings.STORAGE_DIR = tmp_path, str(tmp_path / "files")
    path = tmp_path / "people.csv"
    path.write_text("name,email\n王,ＷANG@example.com\n林,lın@example.com\n", encoding="utf-8")
    out = StringIO()
    call_command("import_users", str(path), "--map", "name=name,email=email", "--json", stdout=out, stderr=StringIO())
    assert '"updated": 1' in out.getvalue()
    assert '"errors": 1' in out.getvalue()
    assert User.objects.get(pk=cast.wang.pk).name == "王"


def test_createsuperuser_sees_it_too(cast: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DJANGO_SUPERUSER_PASSWORD", "seven grey herons stand")
    with pytest.raises(CommandError, match="already"):
        call_command("createsuperuser", "--noinput", "--email", "ＡDMIN@example.com", stdout=StringIO())


def test_what_was_stored_before_is_rewritten_where_it_can_be(cast: Any) -> None:
    """The look-alike of somebody else's address and letters that no server takes stay, and sign in as they are."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE accounts_user DROP CONSTRAINT user_email_in_lower_case")
    before = {cast.wang: "Wang@Example.com", cast.lead: "leaſt@example.com", cast.agent: "ſong@example.com",
              cast.manager: "song@example.com", cast.auditor: "lın@example.com"}  # fmt: skip
    for user, email in before.items():
        User.objects.filter(pk=user.pk).update(email=email)
    import_module("accounts.migrations.0004_names_in_one_spelling").rewrite(apps, None)
    after = [User.objects.get(pk=user.pk).email for user in before]
    assert after == ["wang@example.com", "least@example.com", "ſong@example.com", "song@example.com", "lın@example.com"]
    assert find_account("lın@example.com") == cast.auditor
