"""createsuperuser at a terminal: rules first, asked again until right, one language; a sentence without a terminal."""

import getpass
import os
import re
import subprocess
import sys
from collections.abc import Callable
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.utils import translation

from accounts.models import Role, User
from conftest import PASSWORD
from runtime.layout import ROOT

pytestmark = pytest.mark.django_db
CHINESE = re.compile(r"[\u4e00-\u9fff]")


@pytest.fixture(autouse=True)
def _nothing_given(monkeypatch: pytest.MonkeyPatch, defaults: None) -> None:
    User.objects.all().delete()
    for name in ("EMAIL", "PASSWORD", "NAME"):
        monkeypatch.delenv(f"DJANGO_SUPERUSER_{name}", raising=False)


@pytest.fixture
def typed(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """What the person types, in order."""

    def these(*answers: str) -> None:
        rest = iter(answers)
        monkeypatch.setattr("builtins.input", lambda _prompt: next(rest))
        monkeypatch.setattr(getpass, "getpass", lambda _prompt: next(rest))

    return these


def test_the_rules_stand_before_the_question(typed: Callable[..., None], monkeypatch: pytest.MonkeyPatch) -> None:
    out = StringIO()
    typed("boss@example.com")
    monkeypatch.setattr(getpass, "getpass", lambda _prompt: out.write("ASKED ") and PASSWORD)
    call_command("createsuperuser", stdout=out)
    before = out.getvalue().partition("ASKED")[0]
    assert "At least 12 characters" in before
    assert "nothing about you or the company" in before
    assert User.objects.get().check_password(PASSWORD)


def test_a_wrong_answer_is_asked_again_with_its_reason(
    typed: Callable[..., None], capsys: pytest.CaptureFixture[str]
) -> None:
    typed("boss", "boss@example.com", "short", PASSWORD, "another one by mistake", PASSWORD, PASSWORD)
    with translation.override("zh-hans"):
        call_command("createsuperuser", stdout=StringIO())
    reasons = capsys.readouterr().err
    assert "This isn't an e-mail address." in reasons
    assert "Choose another password: Too short. Use at least 12 characters." in reasons
    assert "The two passwords differ." in reasons
    assert not CHINESE.search(reasons)
    assert User.objects.get().email == "boss@example.com"


def test_what_was_given_in_advance_is_refused_in_the_same_language(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DJANGO_SUPERUSER_PASSWORD", "short")
    with translation.override("zh-hans"), pytest.raises(CommandError) as told:
        call_command("createsuperuser", "--noinput", "--email", "boss@example.com", stdout=StringIO())
    assert not CHINESE.search(str(told.value))


def test_the_roles_it_makes_are_not_touched_by_that_language(typed: Callable[..., None]) -> None:
    with translation.override("zh-hans"):
        expected = {role.code: str(role) for role in Role.objects.all()}
        Role.objects.all().delete()
        typed("boss@example.com", PASSWORD, PASSWORD)
        call_command("createsuperuser", stdout=StringIO())
        assert {role.code: str(role) for role in Role.objects.all()} == expected


def test_ctrl_c_ends_it_with_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(_prompt: str) -> str:
        raise KeyboardInterrupt

    monkeypatch.setattr("builtins.input", interrupted)
    with pytest.raises(CommandError, match="Cancelled; no account was made"):
        call_command("createsuperuser", stdout=StringIO())


@pytest.mark.parametrize("closed", ["<&-", "</dev/null"])
def test_without_anybody_to_ask_it_says_what_to_do(closed: str) -> None:
    """The real thing: no traceback."""
    command = f"exec {sys.executable} {ROOT / 'manage.py'} createsuperuser {closed}"
    answer = subprocess.run(["sh", "-c", command], cwd=ROOT, env=os.environ, capture_output=True, text=True)
    assert answer.returncode == 1
    assert "There is nobody to ask" in answer.stderr
    assert "--noinput" in answer.stderr
    assert "Traceback" not in answer.stderr
