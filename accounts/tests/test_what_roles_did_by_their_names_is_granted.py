"""Powers that hung on a role's code are grants: they move with the grant, and old roles keep exactly what they had."""

from importlib import import_module
from typing import Any

import pytest
from django.apps import apps
from django.urls import reverse

from accounts.models import GivenDefault, Role, RoleGrant, User
from accounts.selectors import holders
from accounts.services import is_within, role_change, roles_ensure

pytestmark = pytest.mark.django_db
MIGRATION = import_module("accounts.migrations.0009_what_roles_did_by_their_names")
MOVED = ("customer.purge", "customer.receive", "complaint.handle", "dashboard.appear", "device.remember")


def moved_of(role: Role) -> dict[str, str]:
    return dict(RoleGrant.objects.filter(role=role, permission__in=MOVED).values_list("permission", "scope"))


@pytest.fixture
def before(cast: Any) -> dict[str, Role]:
    """Roles as they were: without these grants, nobody was asked about them; the owner's came later."""
    Role.objects.filter(code="owner").delete()
    own = Role.objects.create(code="key_accounts", name_en="Key accounts", name_zh="大客户")
    RoleGrant.objects.create(role=own, permission="customer.change", scope="own")
    for rows in (RoleGrant.objects.all(), GivenDefault.objects.all()):
        rows.filter(permission__in=MOVED).delete()
    return {role.code: role for role in Role.objects.all()}


def test_the_roles_of_an_installation_keep_what_they_had(before: dict[str, Role]) -> None:
    MIGRATION.give(apps, None)
    assert {code: moved_of(role) for code, role in before.items()} == {
        "rep": {"customer.receive": "own", "device.remember": "own", "dashboard.appear": "own"},
        "team_lead": {"dashboard.appear": "own"},
        "manager": {},
        "service_agent": {"complaint.handle": "own"},
        "auditor": {},
        "administrator": {"customer.purge": "all"},
        "key_accounts": {"dashboard.appear": "own"},
    }
    roles_ensure()
    assert moved_of(before["manager"]) == {}


def test_what_a_company_took_away_is_not_given_by_another_name(before: dict[str, Role]) -> None:
    RoleGrant.objects.filter(role=before["administrator"], permission="customer.delete").update(scope="team")
    RoleGrant.objects.filter(role=before["team_lead"], permission="customer.change").delete()
    MIGRATION.give(apps, None)
    roles_ensure()
    assert moved_of(before["administrator"]) == {}
    assert moved_of(before["team_lead"]) == {}


def test_the_migration_gives_what_new_roles_begin_with(cast: Any, before: dict[str, Role]) -> None:
    MIGRATION.give(apps, None)
    migrated = {code: moved_of(role) for code, role in before.items() if role.is_builtin}
    GivenDefault.objects.filter(permission__in=MOVED).delete()
    RoleGrant.objects.filter(permission__in=MOVED).delete()
    roles_ensure()
    assert {code: moved_of(role) for code, role in before.items() if role.is_builtin} == migrated


def test_a_power_moves_with_its_grant(cast: Any, sign_in: Any) -> None:
    gives = {"customer.receive": "own", "dashboard.appear": "own", "device.remember": "own"}
    role_change(role=cast.manager.role, grants=gives, by=cast.admin)
    role_change(role=cast.wang.role, grants=dict.fromkeys(gives), by=cast.admin)
    assert list(holders("customer.receive")) == [cast.manager]
    assert not User.objects.get(pk=cast.wang.pk).can("device.remember")
    form = {"password": "a-long-test-password", "remember": "on"}
    for user, kind in ((cast.manager, "remembered"), (cast.wang, "short")):
        client = sign_in(user)
        client.logout()
        client.post(reverse("login"), {"username": user.email, **form})
        assert client.session["kind"] == kind


def test_rights_over_oneself_alone_keep_nobody_from_looking_after_a_role(cast: Any) -> None:
    """A manager who may change users can still do so with reps, who have rights that managers lack."""
    manager = User.objects.get(pk=cast.manager.pk)
    assert not manager.can("device.remember")
    assert is_within(manager, cast.wang.role)
    RoleGrant.objects.create(role=cast.wang.role, permission="customer.purge", scope="own")
    assert not is_within(User.objects.get(pk=cast.manager.pk), Role.objects.get(code="rep")), "that is a power"


def test_the_page_of_roles_shows_special_rights_and_saves_them(cast: Any, sign_in: Any) -> None:
    client = sign_in(cast.admin)
    page = client.get(reverse("role_list"), {"role": "manager"}).content.decode()
    for name in MOVED:
        assert f'name="{name}"' in page, name
    client.post(reverse("role_save", args=[cast.manager.role_id]), {"customer.purge": "team", "step": "save"})
    assert RoleGrant.objects.get(role=cast.manager.role, permission="customer.purge").scope == "team"


def test_the_page_of_roles_says_what_each_right_opens_and_links_the_pages_one_may_open(cast, sign_in):
    client = sign_in(cast.admin)
    answer = client.get(reverse("role_list"), {"role": "rep"})
    openings = {code: rights for code, _word, rights in answer.context["openings"]}
    said = {str(right.sentence) for rights in openings.values() for right in rights}
    assert "" not in said
    audit = openings["audit"][0]
    assert [address for _label, address in audit.pages] == [reverse("audit_list")]
    assert f'href="{reverse("audit_list")}"' in answer.content.decode()
    seen = sign_in(cast.manager).get(reverse("role_list"), {"role": "rep"}).context["openings"]
    audit = next(rights for code, _word, rights in seen if code == "audit")[0]
    assert [address for _label, address in audit.pages] == [""], "a manager can't open the audit log"
