"""`load_scale` makes accounts: only in a database without any, and with a password that nobody else knows."""

import re

import pytest
from django.core.management import CommandError, call_command

from accounts.models import Role, User
from demo.management.commands import load_scale

SIZES = {"customers": 30, "orders": 30, "interactions": 30, "users": 2}


@pytest.mark.django_db(transaction=True)  # it ends with a VACUUM
def test_only_the_printed_password_opens_the_accounts(defaults, capsys):
    call_command("load_scale", **SIZES)
    printed = re.search(r"password (\S+)", capsys.readouterr().out)[1]
    assert len(printed) >= 12
    assert User.objects.exists()
    assert all(user.check_password(printed) for user in User.objects.all())
    assert load_scale.new_password() != printed


@pytest.mark.django_db
def test_a_company_with_people_is_left_alone(cast):
    before = User.objects.count()
    with pytest.raises(CommandError, match="this one has accounts"):
        call_command("load_scale", **SIZES)
    assert User.objects.count() == before


@pytest.mark.django_db
def test_a_company_with_customers_is_left_alone(customer):
    with pytest.raises(CommandError, match="this one has customers"):
        call_command("load_scale", **SIZES)


@pytest.mark.django_db
def test_without_a_company_it_says_what_makes_one(defaults):
    Role.objects.all().delete()
    with pytest.raises(CommandError, match="ensure_company"):
        call_command("load_scale", **SIZES)
