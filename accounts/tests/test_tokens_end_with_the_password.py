"""An API token goes wherever the sessions go, and its owner sees and ends it on the profile."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from accounts import services
from accounts.models import ApiToken, AuditEntry, User
from accounts.tests.helpers import text_of
from conftest import PASSWORD

pytestmark = pytest.mark.django_db
FRESH = "eleven geese over the lake"


def _works(key: str) -> bool:
    return Client(headers={"Authorization": f"Token {key}"}).get("/api/v1/users/me/").status_code == 200


ENDS: dict[str, Callable[[Client, Client, User], Any]] = {
    "password changed": lambda own, admin, user: own.post(
        "/password/change/", {"old_password": PASSWORD, "new_password1": FRESH, "new_password2": FRESH}
    ),
    "password reset": lambda own, admin, user: services.password_reset(user=user, password=FRESH),
    "signed out everywhere": lambda own, admin, user: own.post("/profile/sign-out-everywhere/"),
    "signed out by the administrator": lambda own, admin, user: admin.post(f"/settings/users/{user.pk}/sign-out/"),
    "temporary password": lambda own, admin, user: admin.post(f"/settings/users/{user.pk}/password/"),
    "switched off and on": lambda own, admin, user: [
        admin.post(f"/settings/users/{user.pk}/{act}/") for act in ("off", "on")
    ],
}


@pytest.mark.parametrize("how", ENDS)
def test_it_ends(sign_in: Any, cast: Any, how: str) -> None:
    key, other = (services.token_create(user=user, by=None) for user in (cast.wang, cast.li))
    assert _works(key)
    ENDS[how](sign_in(cast.wang), sign_in(cast.admin), User.objects.get(pk=cast.wang.pk))
    assert not _works(key)
    assert _works(other)
    assert AuditEntry.objects.filter(details__tokens=1, object_id=cast.wang.pk).exists()


def test_an_ordinary_sign_out_leaves_it(sign_in: Any, cast: Any) -> None:
    key = services.token_create(user=cast.wang, by=None)
    sign_in(cast.wang).post("/logout/")
    assert _works(key)


def test_one_sees_ones_own_with_name_beginning_and_last_use_and_ends_it(sign_in: Any, cast: Any) -> None:
    key = services.token_create(user=cast.wang, by=None, name="Warehouse")
    services.token_create(user=cast.li, by=None, name="Of somebody else")
    client = sign_in(cast.wang)
    page = text_of(client.get("/profile/"))
    assert "Warehouse" in page
    assert f"<code>{key[:6]}…</code>" in page
    assert "never used" in page
    assert key[:8] not in page
    assert "Of somebody else" not in page
    _works(key)
    assert "last used" in text_of(client.get("/profile/"))
    assert client.post(f"/profile/tokens/{cast.wang.tokens.get().pk}/revoke/").status_code == 302
    assert not _works(key)
    assert "Warehouse" not in text_of(client.get("/profile/"))
    assert AuditEntry.objects.filter(act="token.revoke", by=cast.wang).exists()


def test_nobody_ends_the_token_of_somebody_else(sign_in: Any, cast: Any) -> None:
    services.token_create(user=cast.li, by=None)
    foreign = ApiToken.objects.get()
    assert sign_in(cast.wang).post(f"/profile/tokens/{foreign.pk}/revoke/").status_code == 404
    assert sign_in(cast.admin).post(f"/profile/tokens/{foreign.pk}/revoke/").status_code == 404
    assert ApiToken.objects.exists()
