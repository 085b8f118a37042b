"""The grants a role begins with: a new version brings further ones to existing roles, once; people's changes stay."""

import pytest

from accounts.models import AuditEntry, Role, RoleGrant
from accounts.services import role_change, roles_ensure
from core import contributions
from core.contributions import Contribution, Registry, Resource, registry

BOAT = Resource("boat", "boats", {"rep": {"own": "view add"}, "auditor": {"all": "view"}})
BOATS = Contribution("boats", resources=(BOAT,))


@pytest.fixture
def newer_version(defaults: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(contributions, "_registry", Registry([*registry().parts, BOATS]))


def boats(code: str) -> dict[str, str]:
    rows = RoleGrant.objects.filter(role__code=code, permission__startswith="boat.")
    return dict(rows.values_list("permission", "scope"))


def test_a_further_start_changes_nothing(defaults):
    before = list(RoleGrant.objects.values_list("pk", flat=True))
    roles_ensure()
    assert list(RoleGrant.objects.values_list("pk", flat=True)) == before
    assert not AuditEntry.objects.filter(act="role.change").exists()


def test_what_came_with_a_new_version_reaches_the_roles_that_are_there(newer_version):
    roles_ensure()
    assert boats("rep") == {"boat.view": "own", "boat.add": "own"}
    assert boats("auditor") == {"boat.view": "all"}
    assert boats("manager") == {}
    line = AuditEntry.objects.get(act="role.change", details__role="auditor")
    assert line.details["grants"] == {"boat.view": [None, "all"]}


def test_what_was_taken_away_or_changed_stays_so(newer_version, cast):
    roles_ensure()
    role = Role.objects.get(code="rep")
    role_change(role=role, grants={"boat.add": None, "boat.view": "team"}, by=cast.admin)
    roles_ensure()
    assert boats("rep") == {"boat.view": "team"}


def test_a_grant_that_a_person_gave_before_keeps_its_scope(newer_version):
    RoleGrant.objects.create(role=Role.objects.get(code="rep"), permission="boat.view", scope="all")
    roles_ensure()
    assert boats("rep") == {"boat.view": "all", "boat.add": "own"}


def test_a_role_from_which_everything_was_taken_is_not_filled_again(defaults):
    RoleGrant.objects.filter(role__code="rep").delete()
    roles_ensure()
    assert not RoleGrant.objects.filter(role__code="rep").exists()


def test_the_migration_knows_exactly_the_defaults_of_its_version():
    """Checked when it was written: it names what registry() held then, so every name in it exists or has gone since."""
    migration = __import__("accounts.migrations.0008_defaults_are_given_once", fromlist=["GIVEN"])
    for code, given in migration.GIVEN.items():
        names = {f"{r}.{a}" for actions, resources in given.items() for r in resources.split() for a in actions.split()}
        assert len(names) > 20
        assert names & set(registry().grants_of(code))
