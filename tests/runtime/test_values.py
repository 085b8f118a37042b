from pathlib import Path

import pytest

from runtime import envfile
from runtime.environment import Values, child_environment, is_embedded, refuse_demo_in_public
from runtime.layout import DataFolder
from runtime.problems import Problem
from runtime.start import Options, _is_empty

EMBEDDED = "postgres://keben_embedded:pw@127.0.0.1:5000/keben"
FOREIGN = "postgres://crm:pw@db.example.com/crm"


@pytest.fixture
def values(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Values:
    for name in ("DATABASE_URL", "REDIS_URL", "SECRET_KEY", "DEMO_PASSWORD", "ALLOWED_HOSTS", "BASE_URL"):
        monkeypatch.delenv(name, raising=False)
    return Values(DataFolder(tmp_path))


def test_an_embedded_address_is_never_foreign(values: Values, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", EMBEDDED)
    envfile.rewrite_block(values.folder.env_file, {"DATABASE_URL": EMBEDDED})
    assert values.get("DATABASE_URL") == ""
    assert values.wanted().postgres


def test_a_foreign_address_of_the_environment_wins(values: Values, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", FOREIGN)
    assert values.get("DATABASE_URL") == FOREIGN
    assert not values.wanted().postgres
    assert values.wanted().valkey


def test_a_foreign_address_is_remembered_by_the_folder(values: Values, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", FOREIGN)
    envfile.rewrite_block(values.folder.env_file, values.kept())
    monkeypatch.delenv("DATABASE_URL")
    assert values.get("DATABASE_URL") == FOREIGN


def test_a_foreign_database_needs_a_secret_key(values: Values, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", FOREIGN)
    with pytest.raises(Problem, match="SECRET_KEY is not set"):
        values.ensure_secret()
    monkeypatch.setenv("SECRET_KEY", "x" * 40)
    values.ensure_secret()


def test_a_secret_key_is_generated_once(values: Values) -> None:
    values.ensure_secret()
    first = values.get("SECRET_KEY")
    values.ensure_secret()
    assert len(first) >= 32
    assert values.get("SECRET_KEY") == first


def test_a_trial_never_touches_the_operators_servers(values: Values, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", FOREIGN)
    assert Values(values.folder, trial=True).wanted().postgres


@pytest.mark.parametrize("hosts", ["", "localhost", "127.0.0.1,[::1]", "crm.localhost"])
def test_the_demo_runs_under_names_of_this_machine(values: Values, monkeypatch: pytest.MonkeyPatch, hosts: str) -> None:
    monkeypatch.setenv("ALLOWED_HOSTS", hosts)
    refuse_demo_in_public(values, "")


@pytest.mark.parametrize("hosts", ["crm.example.com", "localhost,203.0.113.5", "*"])
def test_the_demo_is_refused_under_foreign_names(values: Values, monkeypatch: pytest.MonkeyPatch, hosts: str) -> None:
    monkeypatch.setenv("ALLOWED_HOSTS", hosts)
    with pytest.raises(Problem, match="ALLOWED_HOSTS names"):
        refuse_demo_in_public(values, "")


@pytest.mark.parametrize("url", ["http://127.0.0.1:8000", "http://[::1]:9000/", "https://crm.localhost"])
def test_the_demo_runs_at_an_address_of_this_machine(values: Values, url: str) -> None:
    refuse_demo_in_public(values, url)


@pytest.mark.parametrize(
    "url", ["https://crm.example.com", "http://203.0.113.5:8000", "https://localhost@evil.example"]
)
def test_the_demo_is_refused_at_a_foreign_address(values: Values, url: str) -> None:
    with pytest.raises(Problem, match="BASE_URL names"):
        refuse_demo_in_public(values, url)


def test_a_demo_folder_does_not_start_at_a_foreign_address_but_may_be_checked(
    values: Values, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BASE_URL", "https://crm.example.com")
    values.folder.kind_file.write_text("demo\n")
    with pytest.raises(Problem, match="BASE_URL names"):
        _is_empty(values.folder, values, Options())
    assert not _is_empty(values.folder, values, Options(check=True))  # visited at 127.0.0.1 only


def test_a_check_beside_a_real_company_has_none_of_its_names(values: Values, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ALLOWED_HOSTS", "crm.example.com")
    monkeypatch.setenv("BASE_URL", "https://crm.example.com")
    trial = Values(values.folder, trial=True)
    assert not _is_empty(values.folder, trial, Options(check=True, trial=True))


def test_children_inherit_no_stale_address_and_no_locale(values: Values, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", EMBEDDED)
    monkeypatch.setenv("LANG", "C")
    environment = child_environment(values.folder, {"BASE_URL": "http://127.0.0.1:1"})
    assert "DATABASE_URL" not in environment
    assert "LANG" not in environment
    assert environment["KEBEN_DATA"] == str(values.folder.path)


def test_only_our_roles_mark_an_embedded_address() -> None:
    assert is_embedded("REDIS_URL", "redis://keben_embedded:x@127.0.0.1:1/0")
    assert not is_embedded("REDIS_URL", "redis://127.0.0.1:6379/0")
    assert not is_embedded("BASE_URL", EMBEDDED)
