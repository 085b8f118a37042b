"""Who may change users changes those whose role is within their own: an account taken over brings all its rights."""

from typing import Any

import pytest
from django.test import Client

from accounts import services
from accounts.models import AuditEntry, RoleGrant, User, rights_of
from accounts.services import RoleBeyondOwnError
from conftest import PASSWORD

pytestmark = pytest.mark.django_db


def _fresh(user: User) -> User:
    return User.objects.select_related("role", "team").get(pk=user.pk)


@pytest.fixture
def manager(cast: Any) -> User:
    """May change users of the team; an administrator sits in it."""
    services.role_change(
        role=cast.manager.role, grants={"user.add": "team", "user.change": "team", "team.add": "team"}, by=cast.admin
    )
    User.objects.filter(pk=cast.admin.pk).update(team=cast.shanghai)
    return _fresh(cast.manager)


def _acts(user: User, by: User) -> dict[str, Any]:
    return {
        "change": lambda: services.user_change(user=user, changes={"email": "mine@example.com"}, by=by),
        "move": lambda: services.user_change(user=user, changes={"team": by.team}, by=by),
        "lower": lambda: services.user_change(user=user, changes={"role": by.role}, by=by),
        "password": lambda: services.user_password_renew(user=user, by=by),
        "off": lambda: services.user_deactivate(user=user, by=by),
        "on": lambda: services.user_activate(user=user, by=by),
        "sign out": lambda: services.user_sign_out(user=user, by=by),
    }


def test_no_service_touches_a_higher_role(cast: Any, manager: User) -> None:
    for name, act in _acts(_fresh(cast.admin), manager).items():
        with pytest.raises(RoleBeyondOwnError):
            act()
        admin = _fresh(cast.admin)
        assert (admin.email, admin.role.code, admin.is_active) == ("admin@example.com", "administrator", True), name
        assert admin.check_password(PASSWORD), name


def test_all_of_them_touch_a_role_within_ones_own(cast: Any, manager: User) -> None:
    for act in _acts(_fresh(cast.wang), manager).values():
        act()
    wang = _fresh(cast.wang)
    assert (wang.email, wang.team, wang.role) == ("mine@example.com", manager.team, manager.role)
    assert wang.is_active
    assert not wang.check_password(PASSWORD)
    acts = set(AuditEntry.objects.filter(by=manager, object_id=wang.pk).values_list("act", flat=True))
    assert acts == {
        "user.change", "user.password_renew", "user.deactivate", "user.activate", "user.sign_out",
    }  # fmt: skip


@pytest.mark.parametrize("path", ["", "off/", "on/", "password/", "sign-out/"])
def test_no_page_does(sign_in: Any, cast: Any, manager: User, path: str) -> None:
    sent = {"name": "x", "email": "mine@example.com", "mobile": "", "role": cast.wang.role_id, "team": ""}
    address = f"/settings/users/{cast.admin.pk}/{path}"
    assert sign_in(manager).post(address, sent).status_code == 403
    admin = _fresh(cast.admin)
    assert (admin.name, admin.email, admin.session_epoch) == ("管理员", "admin@example.com", cast.admin.session_epoch)
    assert Client().login(username="admin@example.com", password=PASSWORD)


def test_the_same_pages_work_for_a_role_within(sign_in: Any, cast: Any, manager: User) -> None:
    assert sign_in(manager).post(f"/settings/users/{cast.wang.pk}/password/").status_code == 200


def test_a_role_that_reads_more_is_higher_too(cast: Any, manager: User) -> None:
    services.mask_change(role=cast.manager.role, modes={("phone", "rest"): "hidden"}, by=cast.admin)
    with pytest.raises(RoleBeyondOwnError):
        services.user_password_renew(user=_fresh(cast.wang), by=_fresh(cast.manager))


# --- roles -----------------------------------------------------------------------------------------------------------
@pytest.fixture
def editor(cast: Any) -> User:
    """A lead who may edit roles, and nothing else of the house."""
    services.role_change(
        role=cast.lead.role, grants={"role.change": "all", "role.view": "all", "setting.view": "all"}, by=cast.admin
    )
    return _fresh(cast.lead)


def test_nobody_grants_what_they_lack(cast: Any, editor: User) -> None:
    for grants in ({"user.change": "own"}, {"customer.view": "all"}, {"audit.view": "all", "customer.view": None}):
        with pytest.raises(RoleBeyondOwnError):
            services.role_change(role=cast.wang.role, grants=grants, by=editor)
        with pytest.raises(RoleBeyondOwnError):
            services.role_change(role=editor.role, grants=grants, by=editor)
    services.role_change(role=cast.wang.role, grants={"customer.assign": "team"}, by=editor)


def test_nobody_edits_a_role_above_their_own(cast: Any, editor: User) -> None:
    with pytest.raises(RoleBeyondOwnError):
        services.role_change(role=cast.admin.role, grants={"audit.view": None}, by=editor)
    with pytest.raises(RoleBeyondOwnError):
        services.mask_change(role=cast.admin.role, modes={("phone", "own"): "hidden"}, by=editor)


def test_nobody_lets_others_read_what_they_cannot(cast: Any, editor: User) -> None:
    with pytest.raises(RoleBeyondOwnError):
        services.mask_change(role=cast.wang.role, modes={("phone", "rest"): "full"}, by=editor)
    assert rights_of(_fresh(cast.wang).role).masks["phone", "rest"] == "mask"
    services.mask_change(role=cast.wang.role, modes={("phone", "team"): "mask"}, by=editor)


def test_the_pages_say_so_and_change_nothing(sign_in: Any, cast: Any, editor: User) -> None:
    client = sign_in(editor)
    for address, sent in (
        (f"/settings/roles/{editor.role_id}/", {"user.change": "all", "step": "save"}),
        (f"/settings/masking/{cast.wang.role_id}/", {"phone.rest": "full", "step": "save"}),
    ):
        page = client.post(address, sent, follow=True).content.decode()
        assert "nor give what you lack yourself" in page
    assert not RoleGrant.objects.filter(role=editor.role, permission="user.change").exists()


def test_an_administrator_gives_what_the_own_role_lacks(cast: Any) -> None:
    """Administrators read masked values themselves and may still let reps read them in full."""
    services.mask_change(role=cast.wang.role, modes={("phone", "rest"): "full"}, by=cast.admin)
    services.user_change(user=_fresh(cast.li), changes={"role": cast.admin.role}, by=cast.admin)
    assert rights_of(_fresh(cast.wang).role).masks["phone", "rest"] == "full"
    assert _fresh(cast.li).role.code == "administrator"
