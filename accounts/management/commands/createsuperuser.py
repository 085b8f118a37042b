"""createsuperuser: makes a user with the administrator's role, or with `--owner` the owner's.

Reads DJANGO_SUPERUSER_EMAIL and _PASSWORD.
"""

import getpass
import json
import os
import sys
from argparse import ArgumentParser
from collections.abc import Callable
from typing import Any

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.utils import translation

from accounts import policy
from accounts.forms import NewPasswordForm
from accounts.models import Role, User
from accounts.names import normal_email
from accounts.passwords import GuessesValidator
from accounts.services import roles_ensure, user_create

NOBODY_THERE = (
    "There is nobody to ask: standard input is closed. Set DJANGO_SUPERUSER_EMAIL and DJANGO_SUPERUSER_PASSWORD, and"
    " call createsuperuser --noinput."
)


class Command(BaseCommand):
    help = (
        "Make an administrator, or with --owner the owner of the company, who is manager too and reads all in full."
        " --noinput reads DJANGO_SUPERUSER_EMAIL, DJANGO_SUPERUSER_PASSWORD, ..._NAME."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--email", default=os.environ.get("DJANGO_SUPERUSER_EMAIL", ""))
        parser.add_argument("--name", default=os.environ.get("DJANGO_SUPERUSER_NAME", ""))
        parser.add_argument("--owner", action="store_true", help="the owner's role instead of the administrator's")
        parser.add_argument("--noinput", "--no-input", action="store_false", dest="interactive")
        parser.add_argument("--json", action="store_true", help="print one JSON object as the last line")

    def handle(self, *args: Any, **options: Any) -> None:
        # The reasons of a refusal come from the pages' texts; this command's own words are English.
        with translation.override("en"):
            try:
                name, email, password = self._answers(options)
            except EOFError:
                raise CommandError(NOBODY_THERE) from None
            except KeyboardInterrupt:
                raise CommandError("Cancelled; no account was made.") from None
        roles_ensure()
        code = policy.OWNERS_ROLE if options["owner"] else policy.ADMINISTRATORS_ROLE
        role = Role.objects.get(code=code)
        user, _password = user_create(name=name, email=email, role=role, by=None, password=password, must_change=False)
        User.objects.filter(pk=user.pk).update(is_superuser=True)
        if options["json"]:
            self.stdout.write(json.dumps({"user": user.pk, "email": user.email, "role": role.code}))
        elif options["owner"]:
            self.stdout.write(f"{user.name} is made and is the owner: may do everything, reads everything in full.")
        else:
            self.stdout.write(
                f"{user.name} is made and is an administrator. An owner's role is given by: bin/manage make_owner"
            )

    def _answers(self, options: dict[str, Any]) -> tuple[str, str, str]:
        """Name, address and password: given in advance, or asked for with the rules said before."""
        asks = options["interactive"]
        email = self._until_right(asks and not options["email"], lambda: self._email(options["email"], asks))
        name = options["name"] or email.partition("@")[0]
        given = os.environ.get("DJANGO_SUPERUSER_PASSWORD", "")
        asks_password = asks and not given
        if asks_password:
            hint = NewPasswordForm.base_fields["new_password1"].help_text
            self.stdout.write(f"{hint} {GuessesValidator().get_help_text()}")
        user = User(name=name, email=email)
        return name, email, self._until_right(asks_password, lambda: self._password(given, asks, user))

    def _until_right(self, asks: bool, answer: Callable[[], str]) -> str:
        """What is asked is asked until it is right; what was given in advance is refused."""
        while True:
            try:
                return answer()
            except CommandError as error:
                if not asks:
                    raise
                self.stderr.write(str(error))

    def _email(self, given: str, asks: bool) -> str:
        """In its one spelling and not taken."""
        try:
            email = normal_email(given or (_typed(input, "E-mail: ") if asks else ""))
        except ValidationError as error:
            hint = "" if asks and not given else "Give an e-mail address by --email or DJANGO_SUPERUSER_EMAIL. "
            raise CommandError(f"{hint}{error.message}") from None
        if User.objects.filter(email=email).exists():
            raise CommandError(f"There is a user {email} already.")
        return email

    def _password(self, given: str, asks: bool, user: User) -> str:
        """Typed twice, and by the rules of every password."""
        if not given and not asks:
            raise CommandError("Give a password by DJANGO_SUPERUSER_PASSWORD.")
        password = given or _typed(getpass.getpass, "Password: ")
        try:
            validate_password(password, user)
        except ValidationError as error:
            raise CommandError("Choose another password: " + " ".join(error.messages)) from error
        if not given and _typed(getpass.getpass, "Password again: ") != password:
            raise CommandError("The two passwords differ.")
        return password


def _typed(ask: Callable[[str], str], prompt: str) -> str:
    """An answer from the terminal; EOFError without one."""
    if sys.stdin is None or sys.stdin.closed:
        raise EOFError
    return ask(prompt)
