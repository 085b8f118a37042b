"""createsuperuser: makes a user with the administrator role; reads DJANGO_SUPERUSER_EMAIL and _PASSWORD."""

import getpass
import json
import os
from argparse import ArgumentParser
from typing import Any

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError

from accounts import policy
from accounts.models import Role, User
from accounts.names import normal_email
from accounts.services import roles_ensure, user_create


class Command(BaseCommand):
    help = "Make an administrator. --noinput reads DJANGO_SUPERUSER_EMAIL, DJANGO_SUPERUSER_PASSWORD, ..._NAME."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--email", default=os.environ.get("DJANGO_SUPERUSER_EMAIL", ""))
        parser.add_argument("--name", default=os.environ.get("DJANGO_SUPERUSER_NAME", ""))
        parser.add_argument("--noinput", "--no-input", action="store_false", dest="interactive")
        parser.add_argument("--json", action="store_true", help="print one JSON object as the last line")

    def handle(self, *args: Any, **options: Any) -> None:
        email = options["email"] or (input("E-mail: ") if options["interactive"] else "")
        email = self._checked_email(email)
        name = options["name"] or email.partition("@")[0]
        password = self._password(options["interactive"])
        self._check_password(password, User(name=name, email=email))
        roles_ensure()
        role = Role.objects.get(code=policy.FIRST_ROLE)
        user, _password = user_create(name=name, email=email, role=role, by=None, password=password, must_change=False)
        User.objects.filter(pk=user.pk).update(is_superuser=True)
        as_json = json.dumps({"user": user.pk, "email": user.email})
        self.stdout.write(as_json if options["json"] else f"{user.name} is made and is an administrator.")

    def _checked_email(self, typed: str) -> str:
        """In its one spelling and not taken."""
        try:
            email = normal_email(typed)
        except ValidationError as error:
            raise CommandError(
                f"Give an e-mail address by --email or DJANGO_SUPERUSER_EMAIL. {error.message}"
            ) from None
        if User.objects.filter(email=email).exists():
            raise CommandError(f"There is a user {email} already.")
        return email

    def _password(self, interactive: bool) -> str:
        given = os.environ.get("DJANGO_SUPERUSER_PASSWORD", "")
        if given or not interactive:
            if not given:
                raise CommandError("Give a password by DJANGO_SUPERUSER_PASSWORD.")
            return given
        first, second = getpass.getpass("Password: "), getpass.getpass("Password again: ")
        if first != second:
            raise CommandError("The two passwords differ.")
        return first

    def _check_password(self, password: str, user: User) -> None:
        try:
            validate_password(password, user)
        except ValidationError as error:
            raise CommandError("Choose another password: " + " ".join(error.messages)) from error
