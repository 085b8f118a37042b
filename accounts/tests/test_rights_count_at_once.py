"""A8 and A9: a right that is taken away is gone on the next request, by session and by token, in every process."""

from typing import Any

import pytest
from django.db import connection
from django.test import Client

from accounts import services
from accounts.models import RoleGrant, User, rights_of
from accounts.services import LastAdministratorError, RoleBeyondOwnError
from customers.models import Customer

pytestmark = pytest.mark.django_db


def test_the_next_request_knows(sign_in: Any, cast: Any) -> None:
    manager = sign_in(cast.manager)
    assert manager.get("/settings/users/").status_code == 200
    services.role_change(role=cast.manager.role, grants={"setting.view": None}, by=cast.admin)
    assert manager.get("/settings/users/").status_code == 403
    services.role_change(role=cast.manager.role, grants={"setting.view": "team"}, by=cast.admin)
    assert manager.get("/settings/users/").status_code == 200


def test_also_when_the_rows_were_changed_behind_the_services(sign_in: Any, cast: Any) -> None:
    """The stamp is renewed by a trigger, so raw SQL and bulk updates count too."""
    manager = sign_in(cast.manager)
    assert manager.get("/settings/users/").status_code == 200
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM accounts_rolegrant WHERE permission = 'setting.view'")
    assert manager.get("/settings/users/").status_code == 403


def test_a_narrower_scope_counts(cast: Any) -> None:
    Customer.objects.create(number="1", name="x", owner=cast.li)
    services.role_change(role=cast.lead.role, grants={"customer.view": "own"}, by=cast.admin)
    lead = User.objects.select_related("role").get(pk=cast.lead.pk)
    assert not Customer.objects.for_user(lead).exists()


def test_masking_counts_too(cast: Any, customer: Customer) -> None:
    services.mask_change(role=cast.wang.role, modes={("phone", "own"): "hidden"}, by=cast.admin)
    assert User.objects.get(pk=cast.wang.pk).mask_rules["phone", "own"] == "hidden"


def test_a_token_of_a_deactivated_user_is_refused_and_gone(cast: Any) -> None:
    key = services.token_create(user=cast.wang, by=cast.admin)
    api = Client(headers={"Authorization": f"Token {key}"})
    assert api.get("/api/v1/customers/").status_code == 200
    services.user_deactivate(user=cast.wang, by=cast.admin)
    assert api.get("/api/v1/customers/").status_code == 401
    services.user_activate(user=cast.wang, by=cast.admin)
    assert api.get("/api/v1/customers/").status_code == 401


def test_rights_are_read_once_per_role_and_stamp(cast: Any, django_assert_num_queries: Any) -> None:
    role = User.objects.select_related("role").get(pk=cast.wang.pk).role
    rights_of(role)
    with django_assert_num_queries(0):
        rights_of(User.objects.none().model(role=role).role)


# --- nobody lifts themselves, nobody locks all out -------------------------------------------------------------------
def test_nobody_gives_a_role_beyond_their_own(cast: Any) -> None:
    services.role_change(role=cast.manager.role, grants={"user.add": "team", "user.change": "team"}, by=cast.admin)
    manager = User.objects.get(pk=cast.manager.pk)
    with pytest.raises(RoleBeyondOwnError):
        services.user_change(user=cast.wang, changes={"role": cast.admin.role}, by=manager)
    with pytest.raises(RoleBeyondOwnError):
        services.user_create(name="x", email="x@example.com", role=cast.admin.role, by=manager)
    services.user_change(user=cast.wang, changes={"role": cast.lead.role}, by=manager)


@pytest.mark.parametrize("path", ["", "off/", "password/", "sign-out/"])
def test_a_rep_can_change_nobody_not_even_themselves(sign_in: Any, cast: Any, path: str) -> None:
    rep = sign_in(cast.wang)
    for user in (cast.wang, cast.li, cast.admin):
        response = rep.post(f"/settings/users/{user.pk}/{path}", {"name": "x", "role": cast.admin.role_id})
        assert response.status_code in (403, 404)
    assert User.objects.get(pk=cast.wang.pk).role == cast.wang.role


def test_the_last_administrator_stays(cast: Any) -> None:
    for act in (
        lambda: services.user_deactivate(user=cast.admin, by=cast.admin),
        lambda: services.user_change(
            user=User.objects.get(pk=cast.admin.pk), changes={"role": cast.wang.role}, by=cast.admin
        ),
        lambda: services.role_change(role=cast.admin.role, grants={"role.change": None}, by=cast.admin),
        lambda: services.role_change(role=cast.admin.role, grants={"user.change": "own"}, by=cast.admin),
    ):
        with pytest.raises(LastAdministratorError):
            act()
    admin = User.objects.get(pk=cast.admin.pk)
    assert admin.is_active
    assert admin.role.code == "administrator"
    assert admin.can("role.change")


def test_with_a_second_one_the_first_may_go(cast: Any) -> None:
    services.user_change(user=User.objects.get(pk=cast.li.pk), changes={"role": cast.admin.role}, by=cast.admin)
    services.user_deactivate(user=cast.admin, by=cast.admin)
    with pytest.raises(LastAdministratorError):
        services.user_deactivate(user=User.objects.get(pk=cast.li.pk), by=cast.admin)


def test_the_flag_is_superuser_grants_nothing(cast: Any) -> None:
    User.objects.filter(pk=cast.wang.pk).update(is_superuser=True)
    wang = User.objects.get(pk=cast.wang.pk)
    assert not wang.can("role.change")
    assert RoleGrant.objects.filter(role=wang.role, permission="role.change").count() == 0
