"""The sign-in page before the first account exists, and from then on."""

import pytest
from django.test import Client

from accounts.models import Role, User
from accounts.services import user_create
from accounts.tests.helpers import text_of
from conftest import PASSWORD

pytestmark = pytest.mark.django_db
COMMAND = "bin/manage --data 文件夹 createsuperuser"


def test_it_names_the_command_instead_of_an_administrator(client: Client, settings, defaults: None) -> None:
    User.objects.all().delete()
    page = text_of(client.get("/login/"))
    assert COMMAND in page
    assert "请找管理员" not in page
    assert str(settings.DATA_DIR) not in page  # a stranger learns no more than that nobody is there


def test_it_says_so_in_english_and_after_a_vain_attempt(client: Client, defaults: None) -> None:
    User.objects.all().delete()
    answer = client.post(
        "/login/", {"username": "a@example.com", "password": PASSWORD}, headers={"accept-language": "en"}
    )
    assert answer.status_code == 422
    assert "bin/manage --data FOLDER createsuperuser" in text_of(answer)


def test_with_the_first_account_it_is_gone_at_once(client: Client, defaults: None) -> None:
    User.objects.all().delete()
    assert COMMAND in text_of(client.get("/login/"))
    user_create(name="Boss", email="boss@example.com", role=Role.objects.get(code="administrator"), by=None)
    page = text_of(client.get("/login/"))
    assert "请找管理员" in page
    assert "createsuperuser" not in page


def test_with_accounts_a_process_asks_only_once(client: Client, cast: object, django_assert_num_queries) -> None:
    client.get("/login/")
    with django_assert_num_queries(0):
        client.get("/login/")
