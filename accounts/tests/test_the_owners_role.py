"""The owner of a firm is manager and administrator in one, reads all in full, and stands above administrators."""

import json
from importlib import import_module
from io import StringIO
from typing import Any

import pytest
from django.apps import apps
from django.core.management import CommandError, call_command
from django.urls import reverse

from accounts import policy, services
from accounts.masking import masked_copy, may_read
from accounts.models import AuditEntry, Role, RoleGrant, User, rights_of
from accounts.services import LastAdministratorError, RoleBeyondOwnError
from conftest import PASSWORD
from core.contributions import registry
from customers.models import Customer
from customers.services import tokens_refresh

pytestmark = pytest.mark.django_db
BEYOND = "may do more than yours"


def fresh(user: User) -> User:
    return User.objects.select_related("role", "team").get(pk=user.pk)


@pytest.fixture
def owner_role(defaults: None) -> Role:
    return Role.objects.get(code="owner")


@pytest.fixture
def owner(cast: Any, owner_role: Role) -> User:
    made, _password = services.user_create(
        name="老板", email="boss@example.com", role=owner_role, by=None, password=PASSWORD, must_change=False
    )
    User.objects.filter(pk=made.pk).update(language="en")
    return fresh(made)


# --- what an owner may and reads -------------------------------------------------------------------------------------
def test_an_owner_may_what_administrator_and_manager_may_on_the_rows_of_both(owner: User) -> None:
    grants = rights_of(owner.role).grants
    for part in ("administrator", "manager"):
        for name, scope in registry().grants_of(part).items():
            assert policy.SCOPES.index(grants[name]) >= policy.SCOPES.index(scope), name
    both = {*registry().grants_of("administrator"), *registry().grants_of("manager")}
    assert set(grants) - both == {policy.GOVERN}


def test_of_two_scopes_the_wider_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    parts = {"administrator": {"boat.view": "own", "boat.add": "all"}, "manager": {"boat.view": "team"}, "owner": {}}
    monkeypatch.setattr(type(registry()), "grants_of", lambda self, role: dict(parts[role]))
    assert policy.first_grants("owner") == {"boat.view": "team", "boat.add": "all"}
    assert policy.first_grants("manager") == {"boat.view": "team"}


def test_an_owner_stands_on_no_board_and_gets_no_new_customers(owner: User) -> None:
    assert not any(owner.can(one) for one in ("dashboard.appear", "customer.receive", "complaint.handle"))


@pytest.mark.parametrize("whose", ["wang", "outsider", "owner", None])
def test_whoever_has_the_customer_the_owner_reads_it_in_full(
    owner: User, cast: Any, customer: Customer, whose: str | None
) -> None:
    customer.owner = owner if whose == "owner" else getattr(cast, whose) if whose else None
    customer.save()
    shown = masked_copy(owner, customer)
    assert (shown.phone, shown.email, shown.address) == (customer.phone, customer.email, customer.address)
    assert all(may_read(owner, customer, name) for name in ("phone", "email", "address"))
    assert masked_copy(cast.admin, customer).phone == "138****5678"  # not by the rights of an administrator


def test_pages_and_api_show_it_and_the_search_finds_it(
    owner: User, cast: Any, customer: Customer, sign_in: Any
) -> None:
    of_owner, of_admin = sign_in(owner), sign_in(cast.admin)
    address = reverse("customer", args=[customer.pk])
    assert "138 1234 5678" in of_owner.get(address).content.decode()
    assert "138 1234 5678" not in of_admin.get(address).content.decode()
    assert of_owner.get(f"/api/v1/customers/{customer.pk}/").json()["phone"] == customer.phone
    tokens_refresh([customer.pk])
    for client, finds in ((of_owner, True), (of_admin, False)):  # an address read masked finds nobody
        found = client.get(reverse("search"), {"q": customer.email}, headers={"HX-Request": "true"}).content.decode()
        assert (customer.name in found) is finds


def test_settings_and_team_are_both_open(owner: User, sign_in: Any) -> None:
    client = sign_in(owner)
    for page in ("user_list", "role_list", "masking", "settings", "audit_list", "health", "team"):
        assert client.get(reverse(page)).status_code == 200, page


# --- nobody but an owner makes or changes one ------------------------------------------------------------------------
def test_an_administrator_makes_no_owner(cast: Any, owner_role: Role) -> None:
    """Nobody at all is owner yet: that opens no door either."""
    for user in (cast.admin, cast.li):
        with pytest.raises(RoleBeyondOwnError):
            services.user_change(user=fresh(user), changes={"role": owner_role}, by=cast.admin)
    with pytest.raises(RoleBeyondOwnError):
        services.user_create(name="x", email="x@example.com", role=owner_role, by=cast.admin)
    assert not User.objects.filter(role=owner_role).exists()


def test_an_administrator_touches_no_owner(cast: Any, owner: User) -> None:
    for act in (
        lambda: services.user_change(user=owner, changes={"email": "mine@example.com"}, by=cast.admin),
        lambda: services.user_change(user=owner, changes={"role": cast.wang.role}, by=cast.admin),
        lambda: services.user_password_renew(user=owner, by=cast.admin),
        lambda: services.user_deactivate(user=owner, by=cast.admin),
        lambda: services.user_activate(user=owner, by=cast.admin),
        lambda: services.user_sign_out(user=owner, by=cast.admin),
    ):
        with pytest.raises(RoleBeyondOwnError):
            act()
    after = fresh(owner)
    assert (after.email, after.role, after.is_active) == ("boss@example.com", owner.role, True)
    assert after.check_password(PASSWORD)


def test_an_administrator_edits_no_role_that_governs_and_lets_none_govern(cast: Any, owner: User) -> None:
    for role, grants in ((owner.role, {"audit.view": None}), (cast.admin.role, {policy.GOVERN: "all"})):
        with pytest.raises(RoleBeyondOwnError):
            services.role_change(role=role, grants=grants, by=cast.admin)
    with pytest.raises(RoleBeyondOwnError):
        services.mask_change(role=owner.role, modes={("phone", "rest"): "mask"}, by=cast.admin)
    services.role_change(role=cast.wang.role, grants={"audit.view": "all"}, by=cast.admin)  # anything else they may


def test_an_owner_makes_owners_and_changes_administrators(cast: Any, owner: User) -> None:
    services.user_change(user=fresh(cast.li), changes={"role": owner.role}, by=owner)
    services.user_password_renew(user=fresh(cast.admin), by=owner)
    services.role_change(role=cast.admin.role, grants={"customer.purge": None}, by=owner)
    assert fresh(cast.li).can(policy.GOVERN)
    assert not fresh(cast.admin).can("customer.purge")


@pytest.mark.parametrize("path", ["", "off/", "on/", "password/", "sign-out/"])
def test_no_page_lets_an_administrator_change_an_owner(cast: Any, owner: User, sign_in: Any, path: str) -> None:
    sent = {"name": "x", "email": "mine@example.com", "mobile": "", "role": cast.wang.role_id, "team": ""}
    assert sign_in(cast.admin).post(f"/settings/users/{owner.pk}/{path}", sent).status_code == 403
    assert fresh(owner).email == "boss@example.com"


def test_the_form_of_a_user_offers_the_role_to_owners_alone(cast: Any, owner: User, sign_in: Any) -> None:
    option = f'<option value="{owner.role_id}"'
    assert option in sign_in(owner).get(reverse("user_new")).content.decode()
    admin = sign_in(cast.admin)
    page = admin.get(reverse("user_new")).content.decode()
    assert option not in page
    assert f'<option value="{cast.admin.role_id}"' in page
    sent = {"name": "New", "email": "new@example.com", "mobile": "", "role": owner.role_id, "team": ""}
    answer = admin.post(reverse("user_new"), sent).content.decode()
    assert BEYOND in answer
    assert not User.objects.filter(email="new@example.com").exists()


@pytest.mark.parametrize("page", ["role_list", "masking"])
def test_an_administrator_looks_at_the_role_and_finds_nothing_to_change(
    cast: Any, owner: User, sign_in: Any, page: str
) -> None:
    address = f"{reverse(page)}?role=owner"
    read = sign_in(cast.admin).get(address).content.decode()
    assert BEYOND in read
    assert "Look at the changes" not in read
    changed = sign_in(owner).get(address).content.decode()
    assert BEYOND not in changed
    assert "Look at the changes" in changed
    assert BEYOND not in sign_in(cast.manager).get(address).content.decode()  # changes no role anyway


# --- somebody always governs -----------------------------------------------------------------------------------------
def test_an_owner_counts_as_administrator(cast: Any, owner: User) -> None:
    services.user_deactivate(user=fresh(cast.admin), by=owner)
    assert not fresh(cast.admin).is_active


def test_the_last_owner_stays(cast: Any, owner: User) -> None:
    for act in (
        lambda: services.user_deactivate(user=fresh(owner), by=owner),
        lambda: services.user_change(user=fresh(owner), changes={"role": cast.admin.role}, by=owner),
        lambda: services.role_change(role=owner.role, grants={policy.GOVERN: None}, by=owner),
    ):
        with pytest.raises(LastAdministratorError):
            act()
    services.user_change(user=fresh(cast.li), changes={"role": owner.role}, by=owner)
    services.user_change(user=fresh(owner), changes={"role": cast.admin.role}, by=owner)
    assert fresh(owner).role == cast.admin.role


# --- how a company gets its first ------------------------------------------------------------------------------------
def test_a_company_that_has_none_gets_one_by_command(cast: Any, owner_role: Role, sign_in: Any) -> None:
    client = sign_in(cast.admin)
    out = StringIO()
    call_command("make_owner", "Admin@Example.com", stdout=out)
    assert "is an owner now" in out.getvalue()
    assert fresh(cast.admin).role == owner_role
    assert client.get("/").status_code == 302, "the session has ended"
    line = AuditEntry.objects.get(act="user.change", object_id=cast.admin.pk)
    assert line.details["role"] == ["administrator", "owner"]
    out = StringIO()
    call_command("make_owner", "admin@example.com", "--json", stdout=out)
    assert json.loads(out.getvalue()) == {"user": cast.admin.pk, "role": "owner", "changed": False}


def test_the_command_names_a_person_it_does_not_know(cast: Any) -> None:
    User.objects.filter(pk=cast.li.pk).update(is_active=False)
    for name in ("nobody@example.com", "li@example.com"):
        with pytest.raises(CommandError, match="no active user"):
            call_command("make_owner", name)


def test_the_role_comes_to_a_company_that_began_without_it(cast: Any) -> None:
    Role.objects.filter(code="owner").delete()
    services.roles_ensure()
    role = Role.objects.get(code="owner")
    assert (role.is_builtin, role.name_en, role.name_zh) == (True, "Owner", "企业主")
    assert dict(role.grants.values_list("permission", "scope")) == policy.first_grants("owner")
    assert set(rights_of(role).masks.values()) == {"full"}
    assert not User.objects.filter(role=role).exists()


def test_a_companys_own_role_of_that_code_gains_nothing(cast: Any) -> None:
    Role.objects.filter(code="owner").delete()
    own = Role.objects.create(code="owner", name_en="Account owner", name_zh="客户负责人")
    RoleGrant.objects.create(role=own, permission="customer.view", scope="own")
    services.user_change(user=fresh(cast.li), changes={"role": own}, by=cast.admin)
    import_module("accounts.migrations.0010_the_code_of_the_owners_role_is_free").make_room(apps, None)
    services.roles_ensure()
    li = fresh(cast.li)
    assert (li.role.name_en, li.role.is_builtin) == ("Account owner", False)
    assert dict(li.role.grants.values_list("permission", "scope")) == {"customer.view": "own"}
